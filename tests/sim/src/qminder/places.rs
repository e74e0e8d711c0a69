//! Locations, lines, desks and users, as reads show them.

use serde_json::{Value, json};

use super::account::{Line, Location, User};
use super::form::number;
use super::{Refusal, World};
use crate::http::Response;

impl World {
    pub(crate) fn locations(&self) -> Response {
        let all = self.account.locations.iter();
        list("data", all.map(|(id, each)| location(*id, each)).collect())
    }

    pub(crate) fn location(&self, id: &str) -> Result<Response, Refusal> {
        let id = place(id, "Location")?;
        Ok(one(location(id, self.account.location(id)?)))
    }

    pub(crate) fn lines_of(&self, id: &str) -> Result<Response, Refusal> {
        let at = self.place_of(id)?;
        let all = self.account.lines.iter();
        let here = all.filter(|(_, each)| each.location == at);
        Ok(list(
            "data",
            here.map(|(id, each)| line(*id, each)).collect(),
        ))
    }

    pub(crate) fn desks_of(&self, id: &str) -> Result<Response, Refusal> {
        let at = self.place_of(id)?;
        let all = self.account.desks.iter();
        let here = all.filter(|(_, each)| each.location == at);
        let desk = |(id, name): (&u64, &String)| json!({ "id": id, "name": name });
        Ok(list(
            "desks",
            here.map(|(id, each)| desk((id, &each.name))).collect(),
        ))
    }

    pub(crate) fn users_of(&self, id: &str) -> Result<Response, Refusal> {
        self.place_of(id)?;
        let all = self.account.users.iter();
        Ok(list(
            "data",
            all.map(|(id, each)| user(*id, each)).collect(),
        ))
    }

    pub(crate) fn line(&self, id: &str) -> Result<Response, Refusal> {
        let id = place(id, "Line")?;
        Ok(one(line(id, self.account.line(id)?)))
    }

    /// Enables or disables a line, and tells of it.
    pub(crate) fn set_line(&mut self, id: &str, disabled: bool) -> Result<Response, Refusal> {
        let id = place(id, "Line")?;
        let missing = || Refusal::not_found("Line", id);
        let line = self.account.lines.get_mut(&id).ok_or_else(missing)?;
        line.disabled = disabled;
        let shown = json!({ "id": id, "name": line.name });
        self.hooks.fire("line_changed", shown, false);
        Ok(Response::json(200, &json!({ "statusCode": 200 })))
    }

    /// A user, by number or address.
    pub(crate) fn user(&self, id: &str) -> Result<Response, Refusal> {
        let mut all = self.account.users.iter();
        let wanted = |(number, each): &(&u64, &User)| number.to_string() == id || each.email == id;
        let (id, found) = all
            .find(wanted)
            .ok_or_else(|| Refusal::not_found("User", id))?;
        Ok(one(user(*id, found)))
    }

    fn place_of(&self, id: &str) -> Result<u64, Refusal> {
        let id = place(id, "Location")?;
        self.account.location(id).map(|_| id)
    }
}

fn place(id: &str, what: &str) -> Result<u64, Refusal> {
    number(id).ok_or_else(|| Refusal::not_found(what, id))
}

fn one(mut shown: Value) -> Response {
    shown["statusCode"] = 200.into();
    Response::json(200, &shown)
}

fn list(name: &str, items: Vec<Value>) -> Response {
    Response::json(200, &json!({ "statusCode": 200, name: items }))
}

fn location(id: u64, each: &Location) -> Value {
    json!({
        "id": id,
        "name": each.name,
        "latitude": 38.8976763,
        "longitude": -77.0365298,
        "country": "us",
        "address": "1 Example Avenue",
        "selectingDeskMandatory": false,
        "timezoneOffset": -240,
    })
}

fn line(id: u64, each: &Line) -> Value {
    json!({
        "id": id,
        "name": each.name,
        "location": each.location,
        "color": "#ff00ff",
        "disabled": each.disabled,
    })
}

fn user(id: u64, each: &User) -> Value {
    json!({
        "id": id,
        "email": each.email,
        "firstName": each.first_name,
        "lastName": each.last_name,
    })
}
