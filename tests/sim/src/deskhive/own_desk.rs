//! What the External API shows an agent beside tickets: numbers, texts to use, their profile, notifications.

use serde_json::{Map, Value, json};

use super::World;
use super::external::Answer;
use super::gate::Call;
use super::rules::{Field, Need, Rules};
use super::ticket::{Status, Ticket};
use crate::http::Response;

/// How many articles a search finds at most.
const MOST_ARTICLES: usize = 20;

impl World {
    pub(crate) fn dashboard(&self, agent: u64) -> Response {
        let today = day(self.now());
        let mine = || self.tickets.values().filter(|each| self.sees(agent, each));
        let with = |status| mine().filter(|each| each.status == status).count();
        let waits = |each: &&Ticket| {
            each.status != Status::Closed && each.last_reply_by_customer.unwrap_or(true)
        };
        let closed_today = |each: &&Ticket| each.closed_at.is_some_and(|at| day(at) == today);
        self.stated(json!({
            "open_tickets": with(Status::Open),
            "in_progress_tickets": with(Status::InProgress),
            "needs_response": mine().filter(waits).count(),
            "closed_today": mine().filter(closed_today).count(),
        }))
    }

    pub(crate) fn canned_responses(&self) -> Response {
        let active = self
            .account
            .canned
            .iter()
            .filter(|(_, each)| each.is_active);
        let mut active: Vec<_> = active.collect();
        active.sort_by_key(|(_, each)| (each.sort_order, &each.title));
        let shown = active.into_iter().map(|(id, each)| {
            json!({
                "id": self.id(*id),
                "title": each.title,
                "content": each.content,
                "category": each.category,
                "shortcut": each.shortcut,
                "is_active": each.is_active,
                "sort_order": each.sort_order,
            })
        });
        self.item(shown.collect())
    }

    pub(crate) fn search_articles(&self, query: &Map<String, Value>) -> Answer {
        let mut rules = Rules::on(query);
        let wanted = rules.text("q", Need::Required, None);
        if let Field::Is(short) = &wanted
            && short.chars().count() < 2
        {
            rules.fail("q", "The q field must be at least 2 characters.".to_owned());
        }
        rules.finish()?;
        let wanted = wanted.value().unwrap_or_default().to_lowercase();
        let found = self.account.articles.iter().filter(|(_, each)| {
            let texts = [&each.title, &each.content, &each.excerpt];
            let has = |text: &&String| text.to_lowercase().contains(&wanted);
            each.is_published && texts.iter().any(has)
        });
        let shown = found.take(MOST_ARTICLES).map(|(id, each)| {
            json!({
                "id": self.id(*id),
                "title": each.title,
                "slug": each.title.to_lowercase().replace(' ', "-"),
                "excerpt": each.excerpt,
                "content": each.content,
                "category": { "id": self.id(1), "name": "Account" },
                "views": 142,
                "status": "published",
                "created_at": self.date(self.now()),
            })
        });
        Ok(self.item(shown.collect()))
    }

    pub(crate) fn update_profile(&mut self, call: &Call, agent: u64) -> Answer {
        let mut rules = Rules::on(&call.fields);
        let name = rules.text("name", Need::Optional, Some(250)).value();
        let phone = rules.text("phone", Need::Nullable, Some(50));
        let locale = rules.text("locale", Need::Nullable, Some(10));
        let settings = rules.members("notification_settings").value();
        rules.finish()?;
        let mut shown = Value::Null;
        if let Some(agent) = self.account.agents.get_mut(&agent) {
            phone.put(&mut agent.phone);
            locale.put(&mut agent.locale);
            agent.name = name.unwrap_or(std::mem::take(&mut agent.name));
            if let Some(settings) = settings {
                agent.notification_settings = settings;
            }
            let agent = agent.clone();
            shown = self.show_profile(&agent);
        }
        let echo = self.variations.write_echo;
        Ok(self.written(echo, 200, shown, "Profile updated successfully"))
    }

    pub(crate) fn mark_read(&mut self, call: &Call, agent: u64) -> Answer {
        let missing = self.not_there("AgentNotification", &call.gaps[0]);
        let (wanted, mut all) = (call.id(0), self.notifications.iter_mut());
        let own = all.find(|each| Some(each.id) == wanted && each.agent == agent);
        own.ok_or(missing)?.is_read = true;
        Ok(self.told(200, "Notification marked as read"))
    }
}

fn day(at: jiff::Timestamp) -> String {
    at.strftime("%F").to_string()
}
