//! What goes wrong on a test's word.

use super::{DeskHive, Fault, Operation};
use crate::peer::{Judge as _, Target};

/// The page of a site that is being worked on.
pub(crate) const MAINTENANCE: &str = "<!DOCTYPE html>\n<html lang=\"en\"><head><title>Service Unavailable</title></head><body><div>503</div><div>Service Unavailable</div></body></html>";

/// A redirect to the front page, as for pages that are not there.
pub fn redirected_home() -> Fault {
    Fault::Redirect("/".to_owned())
}

/// 503 with a page, as while the site is being worked on.
pub fn maintenance() -> Fault {
    Fault::Page(503, MAINTENANCE.to_owned())
}

/// 500 with all that Laravel tells of an error while it is being debugged, in long lines and many.
pub fn debug_trace() -> Fault {
    let frame = |line: usize| {
        serde_json::json!({
            "file": "/var/www/vendor/laravel/framework/src/Illuminate/Pipeline/Pipeline.php",
            "line": line,
            "function": "Illuminate\\Pipeline\\{closure}",
            "class": "Illuminate\\Pipeline\\Pipeline",
            "type": "->",
        })
    };
    let trace: Vec<_> = (100..160).map(frame).collect();
    let body = serde_json::json!({
        "message": "SQLSTATE[HY000] [2002] Connection refused",
        "exception": "Illuminate\\Database\\QueryException",
        "file": "/var/www/vendor/laravel/framework/src/Illuminate/Database/Connection.php",
        "line": 825,
        "trace": trace,
    });
    Fault::Status(500, format!("{body:#}"))
}

impl DeskHive {
    /// Lets the next `times` requests for an operation go wrong.
    pub fn fault(&self, operation: Operation, fault: Fault, times: usize) {
        let about = Some(Target::Operation(operation));
        self.book
            .change(|world| world.front.faults.order(about, fault, times));
    }

    /// Lets the next `times` requests go wrong, whatever they ask for.
    pub fn fault_any(&self, fault: Fault, times: usize) {
        self.book
            .change(|world| world.front.faults.order(None, fault, times));
    }

    /// Lets the next `times` requests about a ticket go wrong in each of the APIs, whatever they ask for.
    pub fn fault_ticket(&self, ticket: u64, fault: Fault, times: usize) {
        self.book.change(|world| {
            for api in ["external", "internal"] {
                let path = format!("/api/v1/{api}/tickets/{ticket}");
                let about = Some(Target::Below(path));
                world.front.faults.order(about, fault.clone(), times);
            }
        });
    }

    /// Forgets the faults that have not happened.
    pub fn clear_faults(&self) {
        self.book.change(|world| world.front.faults.clear());
    }

    /// Does the work of all late requests now, and says how many there were.
    pub fn land(&self) -> usize {
        self.book.change(|world| world.land_all(None))
    }

    /// Does the work of the late requests for an operation now, and says how many there were.
    pub fn land_only(&self, operation: Operation) -> usize {
        self.book.change(|world| world.land_all(Some(operation)))
    }

    /// Lets the requests that hang be answered, and says how many there were.
    pub fn release_hung(&self) -> usize {
        self.book.change(|world| world.front.hung.release())
    }
}
