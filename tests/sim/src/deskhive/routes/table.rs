//! The operations of both APIs, in the order of the documents.

use super::Door::{External as E, Internal as I};
use super::{Door, Operation, Operation as O, Route};

const fn get(
    path: &'static str,
    operation: Operation,
    door: Door,
    query: &'static [&'static str],
) -> Route {
    Route {
        method: "GET",
        path,
        operation,
        door,
        query,
        fields: &[],
    }
}

const fn write(
    method: &'static str,
    path: &'static str,
    operation: Operation,
    door: Door,
    fields: &'static [&'static str],
) -> Route {
    Route {
        method,
        path,
        operation,
        door,
        query: &[],
        fields,
    }
}

/// `page` is nowhere documented, but the numbers of lists make no sense without it.
const PAGES: &[&str] = &["page", "per_page"];
const TICKETS: &[&str] = &["page", "per_page", "status", "priority", "department_id"];
const ALL_TICKETS: &[&str] = &[
    "page",
    "per_page",
    "status",
    "priority",
    "department_id",
    "customer_id",
    "assigned_to",
];
const AGENTS: &[&str] = &["page", "per_page", "department_id", "is_active"];
const REPLY: &[&str] = &["content", "is_internal"];
const CUSTOMER: &[&str] = &["name", "email", "phone", "envato_username"];
const NEW_TICKET: &[&str] = &[
    "customer_id",
    "title",
    "content",
    "department_id",
    "category_id",
    "product_id",
    "priority",
];
const CHANGE: &[&str] = &["status", "priority", "labels"];
const ANY_CHANGE: &[&str] = &[
    "status",
    "priority",
    "assigned_to",
    "department_id",
    "category_id",
    "product_id",
    "is_resolved",
    "is_locked",
    "labels",
];
const PROFILE: &[&str] = &["name", "phone", "locale", "notification_settings"];

pub(super) const OPEN: &[Route] = &[get("health-check", O::HealthCheck, Door::Open, &[])];

// An operation is a line.
#[rustfmt::skip]
pub(super) const EXTERNAL: &[Route] = &[
    get("external/connection-check", O::ConnectionCheck, E, &[]),
    get("external/dashboard", O::Dashboard, E, &[]),
    get("external/tickets", O::ListTickets, E, TICKETS),
    get("external/tickets/{}", O::GetTicket, E, &[]),
    write("PUT", "external/tickets/{}", O::UpdateTicket, E, CHANGE),
    get("external/tickets/{}/messages", O::ListMessages, E, PAGES),
    write("POST", "external/tickets/{}/messages", O::Reply, E, REPLY),
    write("POST", "external/tickets/{}/close", O::CloseTicket, E, &[]),
    write("POST", "external/tickets/{}/messages/{}/like", O::ToggleLike, E, &[]),
    get("external/canned-responses", O::ListCannedResponses, E, &[]),
    get("external/knowledge-base/search", O::SearchKnowledgeBase, E, &["q"]),
    get("external/profile", O::GetProfile, E, &[]),
    write("PUT", "external/profile", O::UpdateProfile, E, PROFILE),
    get("external/notifications", O::ListNotifications, E, PAGES),
    get("external/notifications/unread-count", O::UnreadCount, E, &[]),
    write("POST", "external/notifications/{}/read", O::MarkRead, E, &[]),
];

#[rustfmt::skip]
pub(super) const INTERNAL: &[Route] = &[
    get("internal/connection-check", O::InternalConnectionCheck, I("connection:check"), &[]),
    get("internal/customers", O::ListCustomers, I("customers:list"), PAGES),
    write("POST", "internal/customers", O::CreateCustomer, I("customers:create"), CUSTOMER),
    get("internal/customers/{}", O::GetCustomer, I("customers:read"), &[]),
    write("PUT", "internal/customers/{}", O::UpdateCustomer, I("customers:update"), CUSTOMER),
    get("internal/tickets", O::InternalListTickets, I("tickets:list"), ALL_TICKETS),
    write("POST", "internal/tickets", O::InternalCreateTicket, I("tickets:create"), NEW_TICKET),
    get("internal/tickets/{}", O::InternalGetTicket, I("tickets:read"), &[]),
    write("PUT", "internal/tickets/{}", O::InternalUpdateTicket, I("tickets:update"), ANY_CHANGE),
    write("DELETE", "internal/tickets/{}", O::InternalDeleteTicket, I("tickets:delete"), &[]),
    get("internal/tickets/{}/messages", O::InternalListMessages, I("messages:list"), PAGES),
    write("POST", "internal/tickets/{}/messages", O::InternalPostMessage, I("messages:create"), REPLY),
    get("internal/departments", O::ListDepartments, I("departments:list"), PAGES),
    get("internal/categories", O::ListCategories, I("categories:list"), PAGES),
    get("internal/labels", O::ListLabels, I("labels:list"), PAGES),
    get("internal/products", O::ListProducts, I("products:list"), PAGES),
    get("internal/agents", O::ListAgents, I("agents:list"), AGENTS),
    get("internal/settings", O::GetSettings, I("settings:read"), &[]),
];

/// Where the Internal API is documented to have more than is here.
pub(super) const UNPLAYED: &[&str] = &[
    "internal/departments",
    "internal/categories",
    "internal/labels",
    "internal/products",
    "internal/agents",
    "internal/knowledge-",
    "internal/canned-responses",
    "internal/custom-fields",
    "internal/api-keys",
    "internal/activity-logs",
    "internal/reports",
    "internal/settings",
];
