//! The documentation's JSON; what it masks, and messages, which it does not show, are of our own.

use serde_json::{Value, json};

pub(super) fn ticket() -> Value {
    json!({
        "id": 1,
        "reference_id": "#1001",
        "title": "Cannot access my account",
        "content": "I'm unable to log in...",
        "status": "open",
        "priority": "high",
        "department": {"id": 1, "name": "Technical Support"},
        "category": {"id": 2, "name": "Account Issues"},
        "product": {"id": 1, "name": "SaaS Platform"},
        "customer": {"id": 5, "name": "John Doe", "email": "john@example.com"},
        "labels": [{"id": 1, "name": "Bug", "color": "#e74c3c"}],
        "assigned_to": {"id": 3, "name": "Agent Smith"},
        "agents": [{"id": 3, "name": "Agent Smith"}],
        "custom_fields": [{"id": 1, "label": "Browser", "type": "text", "value": "Chrome 120"}],
        "is_resolved": false,
        "is_locked": false,
        "last_reply_at": "2026-03-15T14:30:00Z",
        "closed_at": null,
        "created_at": "2026-03-14T09:00:00Z",
        "updated_at": "2026-03-15T14:30:00Z",
    })
}

pub(super) fn message() -> Value {
    json!({
        "id": 7,
        "ticket_id": 1,
        "content": "Have you tried it again?",
        "is_internal": false,
        "sender_type": "agent",
        "sender": {"id": 3, "name": "Agent Smith"},
        "likes_count": 0,
        "is_liked": false,
        "created_at": "2026-03-15T14:30:00Z",
        "updated_at": "2026-03-15T14:30:00Z",
    })
}

pub(super) fn canned_response() -> Value {
    json!({
        "id": 1,
        "title": "Greeting",
        "content": "Hello! Thank you for contacting support...",
        "category": "General",
        "shortcut": "/greet",
        "is_active": true,
        "sort_order": 0,
    })
}

pub(super) fn article() -> Value {
    json!({
        "id": 1,
        "title": "How to reset your password",
        "slug": "how-to-reset-your-password",
        "excerpt": "Follow these steps to reset...",
        "content": "...",
        "category": {"id": 1, "name": "Account"},
        "views": 142,
        "status": "published",
        "created_at": "2026-01-10T08:00:00Z",
    })
}

pub(super) fn dashboard() -> Value {
    json!({"open_tickets": 12, "in_progress_tickets": 5, "needs_response": 3, "closed_today": 8})
}

pub(super) fn profile() -> Value {
    json!({
        "id": 3,
        "name": "Agent Smith",
        "email": "smith@example.com",
        "phone": "+1234567890",
        "locale": "en",
        "avatar_url": "https://...",
        "notification_settings": {},
        "is_active": true,
        "created_at": "2026-01-01T00:00:00Z",
    })
}

pub(super) fn notification() -> Value {
    json!({
        "id": 1,
        "type": "ticket_reply",
        "title": "New reply on #1001",
        "message": "Customer replied to your ticket",
        "ticket_id": 42,
        "sender_name": "John Doe",
        "sender_avatar": "https://...",
        "is_read": false,
        "created_at": "2026-03-15T14:35:00Z",
    })
}

/// A page with nothing but `item`.
pub(super) fn page(item: Value) -> Value {
    let list = "http://127.0.0.1:8080/list";
    let first = "http://127.0.0.1:8080/list?page=1";
    json!({
        "status": true,
        "data": [item],
        "links": {"first": first, "last": first, "prev": null, "next": null},
        "meta": {
            "current_page": 1, "from": 1, "last_page": 1,
            "links": [
                {"url": null, "label": "&laquo; Previous", "page": null, "active": false},
                {"url": first, "label": "1", "page": 1, "active": true},
                {"url": null, "label": "Next &raquo;", "page": null, "active": false},
            ],
            "path": list, "per_page": 15, "to": 1, "total": 1,
        },
    })
}
