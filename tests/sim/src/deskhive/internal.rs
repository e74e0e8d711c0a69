//! What administrators do by the Internal API.

use serde_json::{Value, json};

use super::account::{Customer, Place};
use super::deeds::Opening;
use super::external::{Answer, connected};
use super::gate::Call;
use super::rules::{Need, Rules};
use super::ticket::{Author, Priority, Status};
use super::{Operation as O, Refusal, World};

impl World {
    pub(crate) fn perform_internal(&mut self, call: &Call, user: u64) -> Answer {
        match call.operation {
            O::InternalConnectionCheck => Ok(connected()),
            O::ListCustomers => {
                let mut all: Vec<_> = self.customers.values().collect();
                all.sort_by_key(|each| (each.name.to_lowercase(), each.id));
                let shown = all.into_iter().map(|each| self.show_customer(each));
                self.list(call, 15, shown.collect())
            }
            O::CreateCustomer => self.create_customer(call),
            O::GetCustomer => {
                let customer = self.named_customer(call)?;
                Ok(self.item(self.show_customer(customer)))
            }
            O::UpdateCustomer => self.update_customer(call),
            O::InternalListTickets => self.list_tickets(call, |_| true),
            O::InternalCreateTicket => self.create_ticket(call),
            O::InternalGetTicket => {
                let ticket = self.named_ticket(call)?;
                Ok(self.item(self.show_ticket(ticket)))
            }
            O::InternalUpdateTicket => self.change_ticket(call),
            O::InternalDeleteTicket => {
                let id = self.named_ticket(call)?.id;
                self.tickets.remove(&id);
                Ok(self.told(200, "Ticket deleted successfully"))
            }
            O::InternalListMessages => {
                let id = self.named_ticket(call)?.id;
                self.list_messages(call, id, 15, None)
            }
            O::InternalPostMessage => self.post_message(call, user),
            O::ListDepartments => self.list_places(call, &self.account.departments, false),
            O::ListCategories => self.list_places(call, &self.account.categories, false),
            O::ListProducts => self.list_places(call, &self.account.products, true),
            O::ListLabels => self.list_labels(call),
            O::ListAgents => self.list_agents(call),
            O::GetSettings => Ok(self.settings()),
            _ => Err(Refusal::unheard_of("an administrator by the External API")),
        }
    }

    fn named_customer(&self, call: &Call) -> Result<&Customer, Refusal> {
        let found = call.id(0).and_then(|id| self.customers.get(&id));
        found.ok_or_else(|| self.not_there("Customer", &call.gaps[0]))
    }

    fn create_customer(&mut self, call: &Call) -> Answer {
        let mut rules = Rules::on(&call.fields);
        let name = rules.text("name", Need::Required, Some(250)).value();
        let email = rules.email("email", Need::Required, |email| self.is_taken(email, None));
        let phone = rules.text("phone", Need::Nullable, Some(50)).value();
        let envato = rules.text("envato_username", Need::Nullable, Some(250));
        rules.finish()?;
        let (name, email) = (name.unwrap_or_default(), email.value().unwrap_or_default());
        let id = self.add_customer(name, email);
        let now = self.now();
        if let Some(customer) = self.customers.get_mut(&id) {
            customer.phone = phone;
            envato.put(&mut customer.envato_username);
            customer.updated_at = now;
        }
        let shown = self.customers.get(&id).map(|each| self.show_customer(each));
        let (echo, created) = (self.variations.write_echo, self.variations.created);
        let shown = shown.unwrap_or(Value::Null);
        Ok(self.written(echo, created, shown, "Customer created successfully"))
    }

    /// Keeps a new customer.
    pub(crate) fn add_customer(&mut self, name: String, email: String) -> u64 {
        let now = self.now();
        self.last_customer += 1;
        let customer = Customer {
            id: self.last_customer,
            name,
            email,
            phone: None,
            envato_username: None,
            created_at: now,
            updated_at: now,
        };
        self.customers.insert(customer.id, customer);
        self.last_customer
    }

    /// Whether another customer has this address, in whatever case.
    fn is_taken(&self, email: &str, but: Option<u64>) -> bool {
        let mut all = self.customers.values();
        all.any(|each| Some(each.id) != but && each.email.to_lowercase() == email.to_lowercase())
    }

    fn update_customer(&mut self, call: &Call) -> Answer {
        let customer = self.named_customer(call).map(|customer| customer.id);
        let own = customer.as_ref().ok().copied();
        let mut rules = Rules::on(&call.fields);
        let name = rules.text("name", Need::Optional, Some(250)).value();
        let email = rules.email("email", Need::Optional, |email| self.is_taken(email, own));
        let phone = rules.text("phone", Need::Nullable, Some(50));
        let envato = rules.text("envato_username", Need::Nullable, Some(250));
        let id = self.first_of(customer, rules.finish())?;
        let now = self.now();
        let mut shown = Value::Null;
        if let Some(customer) = self.customers.get_mut(&id) {
            customer.name = name.unwrap_or(std::mem::take(&mut customer.name));
            customer.email = email.value().unwrap_or(std::mem::take(&mut customer.email));
            phone.put(&mut customer.phone);
            envato.put(&mut customer.envato_username);
            customer.updated_at = now;
            let customer = customer.clone();
            shown = self.show_customer(&customer);
        }
        let echo = self.variations.write_echo;
        Ok(self.written(echo, 200, shown, "Customer updated successfully"))
    }

    fn create_ticket(&mut self, call: &Call) -> Answer {
        let account = &self.account;
        let mut rules = Rules::on(&call.fields);
        let customer = rules.id("customer_id", Need::Required, |id| {
            self.customers.contains_key(&id)
        });
        let title = rules.text("title", Need::Required, Some(500));
        let content = rules.text("content", Need::Required, None);
        let department = rules.id("department_id", Need::Nullable, |id| {
            account.departments.contains_key(&id)
        });
        let category = rules.id("category_id", Need::Nullable, |id| {
            account.categories.contains_key(&id)
        });
        let product = rules.id("product_id", Need::Nullable, |id| {
            account.products.contains_key(&id)
        });
        let priority = rules.word("priority", Priority::from_word);
        rules.finish()?;
        let id = self.open(Opening {
            customer: customer.value().unwrap_or_default(),
            title: title.value().unwrap_or_default(),
            content: content.value().unwrap_or_default(),
            department: department.value(),
            category: category.value(),
            product: product.value(),
            priority: priority.value(),
        });
        let shown = self.show_ticket(self.found(id)?);
        let (echo, created) = (self.variations.write_echo, self.variations.created);
        Ok(self.written(echo, created, shown, "Ticket created successfully"))
    }

    fn change_ticket(&mut self, call: &Call) -> Answer {
        let account = &self.account;
        let mut rules = Rules::on(&call.fields);
        let status = rules.word("status", Status::from_word).value();
        let priority = rules.word("priority", Priority::from_word).value();
        let assigned_to = rules.id("assigned_to", Need::Nullable, |id| {
            account.users.contains_key(&id)
        });
        let department = rules.id("department_id", Need::Optional, |id| {
            account.departments.contains_key(&id)
        });
        let category = rules.id("category_id", Need::Nullable, |id| {
            account.categories.contains_key(&id)
        });
        let product = rules.id("product_id", Need::Nullable, |id| {
            account.products.contains_key(&id)
        });
        let is_resolved = rules.boolean("is_resolved").value();
        let is_locked = rules.boolean("is_locked").value();
        let labels = rules.ids("labels", |id| account.labels.contains_key(&id));
        let ticket = self.named_ticket(call).cloned();
        let before = self.first_of(ticket, rules.finish())?;
        self.update(before.id, status, priority, labels.value());
        let mut after = self.found(before.id)?.clone();
        let unchanged = after.clone();
        assigned_to.put(&mut after.assigned_to);
        department.put(&mut after.department);
        category.put(&mut after.category);
        product.put(&mut after.product);
        after.is_resolved = is_resolved.unwrap_or(after.is_resolved);
        after.is_locked = is_locked.unwrap_or(after.is_locked);
        if after != unchanged {
            self.change(before.id, |ticket| *ticket = after);
        }
        let shown = self.show_ticket(self.found(before.id)?);
        let echo = self.variations.write_echo;
        Ok(self.written(echo, 200, shown, "Ticket updated successfully"))
    }

    fn post_message(&mut self, call: &Call, user: u64) -> Answer {
        let mut rules = Rules::on(&call.fields);
        let content = rules.text("content", Need::Required, None);
        let is_internal = rules.boolean("is_internal").value().unwrap_or(false);
        let ticket = self.named_ticket(call).map(|ticket| ticket.id);
        let ticket = self.first_of(ticket, rules.finish())?;
        let content = content.value().unwrap_or_default();
        let shown = self.say_by_api(ticket, Author::User(user), &content, is_internal)?;
        let (echo, created) = (self.variations.reply_echo, self.variations.created);
        Ok(self.written(echo, created, shown, "Message created successfully"))
    }

    fn list_places(
        &self,
        call: &Call,
        places: &std::collections::BTreeMap<u64, Place>,
        by_name: bool,
    ) -> Answer {
        let mut all: Vec<_> = places.iter().collect();
        all.sort_by_key(|(id, each)| {
            let name = if by_name { each.name.as_str() } else { "" };
            (name, each.sort_order, **id)
        });
        let shown = all.into_iter().map(|(id, each)| {
            json!({
                "id": self.id(*id),
                "name": each.name,
                "status": "published",
                "sort_order": each.sort_order,
            })
        });
        self.list(call, 15, shown.collect())
    }

    fn list_labels(&self, call: &Call) -> Answer {
        let mut all: Vec<_> = self.account.labels.iter().collect();
        all.sort_by_key(|(id, each)| (each.sort_order, **id));
        let shown = all.into_iter().map(|(id, each)| {
            json!({
                "id": self.id(*id),
                "name": each.name,
                "color": each.color,
                "status": "published",
                "sort_order": each.sort_order,
            })
        });
        self.list(call, 15, shown.collect())
    }

    fn list_agents(&self, call: &Call) -> Answer {
        let mut rules = Rules::on(&call.query);
        let department = rules.id("department_id", Need::Nullable, |_| true).value();
        let is_active = rules.boolean("is_active").value();
        rules.finish().map_err(Refusal::complained_of)?;
        let all = self.account.agents.values().filter(|each| {
            department.is_none_or(|id| each.departments.contains(&id))
                && is_active.is_none_or(|active| active == each.is_active)
        });
        let shown = all.map(|each| {
            json!({
                "id": self.id(each.id),
                "name": each.name,
                "email": each.email,
                "phone": each.phone,
                "locale": each.locale,
                "is_active": each.is_active,
                "departments": each.departments.iter().map(|id| {
                    let place = self.account.departments.get(id);
                    json!({ "id": self.id(*id), "name": place.map(|each| &each.name) })
                }).collect::<Value>(),
                "created_at": self.date(each.created_at),
            })
        });
        self.list(call, 15, shown.collect())
    }

    fn settings(&self) -> crate::http::Response {
        let settings = &self.account.settings;
        self.item(json!({
            "sd_default_department_id": settings.default_department.map(|id| self.id(id)),
            "sd_default_priority": settings.default_priority.as_str(),
            "sd_auto_close_days": 0,
            "sd_tickets_per_page": 15,
            "sd_notification_email": "support@desk.example",
            "sd_customer_registration_enabled": true,
            "sd_customer_max_tickets_per_day": 0,
            "sd_enable_auto_assign": settings.auto_assign,
            "sd_enable_envato_integration": false,
        }))
    }
}
