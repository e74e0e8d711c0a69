//! The elements of HTML.

/// All of them, old ones, too.
const ELEMENTS: &str = "\
    a abbr acronym address applet area article aside audio b base basefont bdi bdo big blockquote body \
    br button canvas caption center cite code col colgroup data datalist dd del details dfn dialog dir \
    div dl dt em embed fieldset figcaption figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head \
    header hgroup hr html i iframe img input ins kbd label legend li link main map mark menu meta meter \
    nav noframes noscript object ol optgroup option output p param picture pre progress q rp rt ruby s \
    samp script section select small source span strike strong style sub summary sup svg table tbody td \
    template textarea tfoot th thead time title tr track tt u ul var video wbr";

/// The element of this name, in lower case.
pub(super) fn known(name: &str) -> Option<&'static str> {
    let mut elements = ELEMENTS.split(' ');
    elements.find(|known| known.eq_ignore_ascii_case(name))
}
