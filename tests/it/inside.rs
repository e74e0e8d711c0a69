//! Response URLs that lead inside, in a network of its own where every inside address answers: by literal address in
//! every spelling, by name, by names that change their mind, and by redirect. Not one connection may come about.
//!
//! The test runs itself again in new network and mount namespaces. Where those cannot be had it says so and passes,
//! unless `NAMESPACE_TESTS=required`.

mod addresses;
mod names;
mod namespace;
mod spellings;
mod stage;

use stage::Stage;

#[test]
fn no_response_url_in_any_spelling_by_any_name_or_redirect_leads_inside() {
    if namespace::is_here() {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(attack());
    } else {
        namespace::run_there(
            "inside::no_response_url_in_any_spelling_by_any_name_or_redirect_leads_inside",
        );
    }
}

async fn attack() {
    let mut stage = Stage::lenient().await;
    let taken = stage.literals_are_taken_while_everything_is_allowed().await;
    stage.inside_is_reached_where_it_is_allowed().await;

    stage.become_strict().await;
    stage.outside_is_reached().await;
    let before = stage.inside_connections();
    assert!(before > 0, "the recorders would see nothing");

    stage.literals_are_refused().await;
    let mut sent = stage.reply_to(&taken).await;
    sent.extend(stage.write_to_names().await);
    sent.extend(stage.write_to_redirects().await);
    let sent = stage.wait_for(sent).await;
    stage.nothing_came_inside_since(before);
    for each in &sent {
        each.expected.check(each);
    }
    stage.changing_names_are_judged_each_time().await;
    stage.a_dead_outside_address_is_no_way_in().await;
    stage.nothing_came_inside_since(before);
    println!("{} replies were to go inside, and none did", sent.len());
    stage.end().await;
}
