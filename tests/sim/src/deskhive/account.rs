//! What a test finds at the start: people, places and keys.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;
use serde_json::{Map, Value};

/// An agent, who answers tickets and has external keys.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the names are those of the documents")]
pub struct Agent {
    pub id: u64,
    pub name: String,
    pub email: String,
    pub phone: Option<String>,
    pub locale: Option<String>,
    pub avatar_url: String,
    pub notification_settings: Map<String, Value>,
    pub is_active: bool,
    pub departments: BTreeSet<u64>,
    pub created_at: Timestamp,
}

/// A customer, who opens tickets.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the names are those of the documents")]
pub struct Customer {
    pub id: u64,
    pub name: String,
    pub email: String,
    pub phone: Option<String>,
    pub envato_username: Option<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A department, category or product.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Place {
    pub(crate) name: String,
    pub(crate) sort_order: i64,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Label {
    pub(crate) name: String,
    pub(crate) color: String,
    pub(crate) sort_order: i64,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CannedResponse {
    pub(crate) title: String,
    pub(crate) content: String,
    pub(crate) category: String,
    pub(crate) shortcut: String,
    pub(crate) is_active: bool,
    pub(crate) sort_order: i64,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Article {
    pub(crate) title: String,
    pub(crate) excerpt: String,
    pub(crate) content: String,
    pub(crate) is_published: bool,
}

/// What a key opens.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Opens {
    /// The External API, in the name of this agent.
    External(u64),
    /// The Internal API, in the name of this administrator; all scopes if none are named.
    Internal(u64, Option<BTreeSet<String>>),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Key {
    pub(crate) opens: Opens,
    pub(crate) expires_at: Option<Timestamp>,
}

/// The settings that matter to the API.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Settings {
    pub(crate) auto_assign: bool,
    pub(crate) default_department: Option<u64>,
    pub(crate) default_priority: super::Priority,
}

#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) agents: BTreeMap<u64, Agent>,
    /// Administrators.
    pub(crate) users: BTreeMap<u64, String>,
    pub(crate) departments: BTreeMap<u64, Place>,
    pub(crate) categories: BTreeMap<u64, Place>,
    pub(crate) products: BTreeMap<u64, Place>,
    pub(crate) labels: BTreeMap<u64, Label>,
    pub(crate) canned: BTreeMap<u64, CannedResponse>,
    pub(crate) articles: BTreeMap<u64, Article>,
    pub(crate) keys: HashMap<String, Key>,
    pub(crate) settings: Settings,
}

impl Account {
    pub(crate) fn small(now: Timestamp) -> Self {
        let place = |name: &str| Place {
            name: name.to_owned(),
            sort_order: 0,
        };
        let label = |name: &str, color: &str, sort_order| Label {
            name: name.to_owned(),
            color: color.to_owned(),
            sort_order,
        };
        let key = |opens| Key {
            opens,
            expires_at: None,
        };
        let mut account = Self {
            agents: BTreeMap::new(),
            users: BTreeMap::from([(1, "Site Admin".to_owned())]),
            departments: BTreeMap::from([(1, place("Technical Support"))]),
            categories: BTreeMap::from([(2, place("Account Issues"))]),
            products: BTreeMap::from([(1, place("SaaS Platform"))]),
            labels: BTreeMap::from([
                (1, label("Bug", "#e74c3c", 0)),
                (2, label("Billing", "#3498db", 1)),
                (3, label("VIP", "#f1c40f", 2)),
            ]),
            canned: canned(),
            articles: articles(),
            keys: HashMap::from([
                ("desk-agent-key".to_owned(), key(Opens::External(3))),
                (
                    "desk-internal-key".to_owned(),
                    key(Opens::Internal(1, None)),
                ),
            ]),
            settings: Settings {
                auto_assign: true,
                default_department: Some(1),
                default_priority: super::Priority::Medium,
            },
        };
        account.add_agent(3, "Agent Smith", now);
        account
    }

    /// An active agent of department 1.
    pub(crate) fn add_agent(&mut self, id: u64, name: &str, now: Timestamp) {
        let word = name.to_lowercase().replace(' ', ".");
        let agent = Agent {
            id,
            name: name.to_owned(),
            email: format!("{word}@desk.example"),
            phone: Some("+1234567890".to_owned()),
            locale: Some("en".to_owned()),
            avatar_url: format!("https://desk.example/storage/avatars/{id}.png"),
            notification_settings: Map::new(),
            is_active: true,
            departments: BTreeSet::from([1]),
            created_at: now,
        };
        self.agents.insert(id, agent);
    }
}

fn canned() -> BTreeMap<u64, CannedResponse> {
    let canned = |title: &str, content: &str, is_active, sort_order| CannedResponse {
        title: title.to_owned(),
        content: content.to_owned(),
        category: "General".to_owned(),
        shortcut: format!("/{}", title.to_lowercase()),
        is_active,
        sort_order,
    };
    BTreeMap::from([
        (
            1,
            canned("Greeting", "<p>Hello! How can we help?</p>", true, 1),
        ),
        (2, canned("Farewell", "<p>Goodbye.</p>", true, 1)),
        (3, canned("Apology", "<p>We are sorry.</p>", true, 0)),
        (4, canned("Holiday", "<p>We are away.</p>", false, 0)),
    ])
}

fn articles() -> BTreeMap<u64, Article> {
    let article = |title: &str, excerpt: &str, content: &str, is_published| Article {
        title: title.to_owned(),
        excerpt: excerpt.to_owned(),
        content: content.to_owned(),
        is_published,
    };
    BTreeMap::from([
        (
            1,
            article(
                "How to reset your password",
                "Follow these steps",
                "<p>Open the page of your account.</p>",
                true,
            ),
        ),
        (
            2,
            article("Invoices", "Where they are", "<p>By e-mail.</p>", true),
        ),
        (
            3,
            article("Password rules", "A draft", "<p>Twelve letters.</p>", false),
        ),
    ])
}
