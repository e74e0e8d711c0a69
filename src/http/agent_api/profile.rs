//! What an agent sees and changes of themselves.

use axum::Json;
use axum::extract::{Extension, Request, State};
use deskhive_client::{Envelope, Profile, ProfileUpdate, wire_time};
use serde_json::{Value, json};

use super::fault::Fault;
use super::gate::Caller;
use super::sent::Sent;
use crate::http::Bridge;
use crate::model::{self, AgentOrder, ProfileChange};
use crate::plan::Answer;
use crate::settings;

pub(super) async fn show(
    State(bridge): State<Bridge>,
    Extension(caller): Extension<Caller>,
) -> Result<Json<Envelope<Profile>>, Fault> {
    let profile = caller.people(&bridge).await?.profile(caller.agent);
    Ok(Json(Envelope::new(caller.shown(profile)?)))
}

pub(super) async fn update(
    State(bridge): State<Bridge>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Result<Json<Envelope<Profile>>, Fault> {
    let sent = Sent::read(&caller, request).await?;
    let update =
        ProfileUpdate::from_body(sent.content_type(), &sent.body).map_err(Fault::invalid)?;
    let order = AgentOrder::Introduce(ProfileChange {
        name: update.name,
        phone: update.phone.map(Option::unwrap_or_default),
        locale: update.locale.map(Option::unwrap_or_default),
        notification_settings: update.notification_settings,
    });
    let Answer::Profile(profile) = caller.does(&bridge, order).await? else {
        return Err(caller.unexpected());
    };
    tracing::info!(agent = %caller.agent, "an agent changed their profile");
    let shown = caller.shown(*profile)?;
    Ok(Json(Envelope::new(shown).with_message("Profile updated")))
}

impl Caller {
    /// What the agent changed, over what the operator configured.
    fn shown(&self, profile: model::Profile) -> Result<Profile, Fault> {
        let configured = self.live.settings.agents.get(&self.agent.0);
        let configured = configured.ok_or_else(Fault::internal)?;
        Ok(to_wire(configured, profile))
    }
}

fn to_wire(configured: &settings::Agent, profile: model::Profile) -> Profile {
    let changed = profile.changed;
    let something = |text: String| Some(text).filter(|text| !text.is_empty());
    Profile {
        id: configured.id,
        name: changed.name.unwrap_or_else(|| configured.name.clone()),
        email: something(configured.email.clone()),
        phone: something(changed.phone.unwrap_or_else(|| configured.phone.clone())),
        locale: something(changed.locale.unwrap_or_else(|| configured.locale.clone())),
        avatar_url: something(configured.avatar_url.clone()),
        notification_settings: match changed.notification_settings {
            None => json!({}),
            Some(Value::Array(items)) if items.is_empty() => json!({}),
            Some(settings) => settings,
        },
        is_active: configured.active,
        created_at: wire_time(profile.since.to_timestamp()),
    }
}
