//! Templates: each is filled with whatever it can be filled with before it is taken.

use config::Value;

use crate::mapping::{FILTERS, Purpose, Template, TemplateFault};
use crate::settings::problem::Fault;
use crate::settings::reader::parse;

/// A template for a purpose. `most`: UTF-16 code units that its receiver is documented to take.
pub(super) fn template(
    purpose: Purpose,
    most: Option<usize>,
) -> impl Fn(&Value) -> Result<Template, Fault> + Copy {
    move |value| {
        let source = parse::text(value).map_err(|fault| {
            let expected = format!("a template with {}", names(purpose));
            Fault::new(fault.what, expected)
        })?;
        let template = Template::new(&source).map_err(|fault| told(fault, purpose))?;
        template
            .check(purpose, most)
            .map_err(|fault| told(fault, purpose))?;
        Ok(template)
    }
}

/// A reply that is sent by itself; an empty one is none.
pub(in crate::settings) fn optional(value: &Value) -> Result<Template, Fault> {
    template(Purpose::StatusReply, None)(value)
}

fn told(fault: TemplateFault, purpose: Purpose) -> Fault {
    let what = fault.to_string();
    match fault {
        TemplateFault::Syntax { .. } => {
            let filters: Vec<&str> = FILTERS.iter().map(|(name, _)| *name).collect();
            let expected = format!(
                "a template with {}, and the filters {}",
                names(purpose),
                filters.join(", ")
            );
            Fault::new(format!("is no template: {what}"), expected)
        }
        TemplateFault::Unknown { .. } => Fault::new(what, format!("one of {}", names(purpose))),
        TemplateFault::Missing { name } => Fault::new(what, format!("{{{{ {name} }}}} in it")),
        TemplateFault::TooLong { most, .. } => {
            let expected =
                format!("at most {most}, with parts cut such as {{{{ author | cut(60) }}}}");
            Fault::new(what, expected)
        }
        TemplateFault::Empty => Fault::new(what, "something to be said in every case"),
    }
}

fn names(purpose: Purpose) -> String {
    let names: Vec<&str> = purpose
        .variables()
        .iter()
        .map(|variable| variable.name)
        .collect();
    names.join(", ")
}
