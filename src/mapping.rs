//! What a field becomes in another system: the operator's tables and templates, and an honest word about what is lost.
//!
//! Pure: no clock, no chance, no I/O. Planning and the adapters ask here for every word that the bridge writes by itself.
//! What the operator says comes from `settings`, which checks it; a delivery goes by what was said when it was planned.

mod deskhive;
mod filters;
mod language;
mod qminder;
pub mod readable;
mod set;
mod spoken;
mod table;
mod tally;
mod template;
mod variables;
mod versions;

pub use deskhive::{ByPriority, ByStatus, DeskHiveMapping, DeskHiveTexts};
pub use filters::FILTERS;
pub use qminder::{Field, FieldType, Importances, QminderMapping, QminderTexts, Shade};
pub use set::{AGENT_API, MappingSet, ResponseUrlMapping, SystemMapping};
pub use spoken::{Spoken, said, spoken, spoken_at_deskhive, written_by};
pub use table::{KEEP, Meaning, Naming, OTHER, SAME, Table};
pub use tally::Tally;
pub use template::{Template, TemplateFault};
pub use variables::{LONGEST_NAME, Purpose, Scope, Variable};
pub use versions::Mappings;
