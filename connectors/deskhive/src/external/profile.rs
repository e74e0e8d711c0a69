//! The agent whose key it is.

use super::get;
use crate::{Call, Invalid, Profile, ProfileUpdate, Request, answer};

/// `GET /profile`: the agent whose key it is.
pub fn profile() -> Call<Profile> {
    Call::new(get("/profile"), answer::data)
}

/// `PUT /profile`: changes them. The profile is answered if the server has it so; the documents do not show.
///
/// # Errors
///
/// [`Invalid`] if the name is blank, a text too long, or the settings neither a list nor an object.
pub fn update_profile(update: &ProfileUpdate) -> Result<Call<Option<Profile>>, Invalid> {
    update.check()?;
    let request = Request::put("/external/profile").with_json(update);
    Ok(Call::undocumented(request, |body| {
        answer::possible(body, "agent", |_| true)
    }))
}
