//! Words in and out.

use proptest::prelude::*;

use super::*;

fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

#[test]
fn plain_text_is_paragraphs_and_lines_and_never_markup() {
    for (text, html) in [
        ("Hello", "<p>Hello</p>"),
        (
            "a\nb\n\n\n c\r\nd ",
            "<p>a<br>\nb</p>\n<p>&nbsp;c<br>\nd</p>",
        ),
        ("a < b && c", "<p>a &lt; b &amp;&amp; c</p>"),
        (
            "<script>x</script>",
            "<p>&lt;script&gt;x&lt;/script&gt;</p>",
        ),
        (
            "if:\n  x  =  1",
            "<p>if:<br>\n&nbsp;&nbsp;x &nbsp;= &nbsp;1</p>",
        ),
        (" \n ", ""),
    ] {
        assert_eq!(to_html(text), html, "{text:?}");
    }
    let code = "if:\n  x  =  1\n\n<b>&amp;</b>";
    assert_eq!(to_plain(&to_html(code)), code);
}

#[test]
fn html_is_read_as_people_see_it() {
    for (html, text) in [
        (
            "<p>One</p><p>Two<br>Three<br><br>Four</p>",
            "One\n\nTwo\nThree\n\nFour",
        ),
        ("<div>a</div><div>b</div>", "a\nb"),
        ("<P CLASS='x>y'>a\n  b</P>", "a b"),
        (
            "<p>1 &lt; 2 &amp;&amp; 3&nbsp;&euro; &#8217;&#x1F600;&#150;</p>",
            "1 < 2 && 3 € ’😀–",
        ),
        (
            "<p>&unknown; &amp;amp; &#xD800; &#0; &; &#;</p>",
            "&unknown; &amp; \u{fffd} \u{fffd} &; &#;",
        ),
        (
            "a<ul><li>b</li><li><p>c</p><ol><li>d<li>e</ol></li></ul>f",
            "a\n\n- b\n- c\n  1. d\n  2. e\n\nf",
        ),
        (
            "<a href=\"https://example.com/a?b=1&amp;c=2\">here</a>!",
            "here (https://example.com/a?b=1&c=2)!",
        ),
        (
            "<a href='https://example.com/'>example.com</a>",
            "example.com",
        ),
        (
            "<a href=mailto:jo@example.com>jo@example.com</a>",
            "jo@example.com",
        ),
        (
            "<a href='javascript:alert(1)'>x</a> <a>y</a> <a href='#top'>z</a>",
            "x y z",
        ),
        (
            "<a href='https://a.example'>unclosed",
            "unclosed (https://a.example)",
        ),
        ("<b>bold</b>, <i>italic</i>", "bold, italic"),
        ("x<!-- <p>no</p> -->y<br>", "xy"),
        (
            "<script>if (a < b) '</p>'</script><STYLE>p{}</STYLE >ok",
            "ok",
        ),
        (
            "<html><head><title>T</title></head><body>ok</body></html>",
            "ok",
        ),
        (
            "<p>a < b and c > d, <3, a<b, x<</p>",
            "a < b and c > d, <3, a<b, x<",
        ),
        (
            "<p>press <enter>, write to <jo@example.com></p>",
            "press <enter>, write to <jo@example.com>",
        ),
        ("<p>Word<o:p></o:p><x-tag>!</p>", "Word!"),
        ("<pre>a\n  b\n\n\nc</pre>d", "a\n  b\n\nc\n\nd"),
        (
            "<table><tr><td>a</td><td>b</td></tr><tr><th>c</th></tr></table>",
            "a b\nc",
        ),
        (
            "see <img src=x alt='a cat'><img src=y><img alt=''>",
            "see [a cat][image]",
        ),
        ("a<hr>b", "a\n\n---\nb"),
        ("<p>unclosed <b", "unclosed <b"),
        ("<p>a <!-- b", "a <!-- b"),
        ("<script>never ends", "never ends"),
        ("", ""),
        ("<p></p>", ""),
    ] {
        assert_eq!(to_plain(html), text, "{html}");
    }
}

#[test]
fn text_without_a_tag_of_htmls_is_verbatim() {
    for text in [
        "plain",
        "a &amp; b &lt;p&gt;",
        "a < b && c > d",
        "<jo@example.com> wrote:\n  x  <enter> <foo bar>",
        "<3 </3 <> < > <!-- x --> <-",
        "<o:p>",
        "  two\n\n\n\nlines  ",
    ] {
        assert_eq!(to_plain(text), text);
    }
}

#[test]
fn what_is_hostile_takes_no_longer_than_what_is_long() {
    let begun = tokio::time::Instant::now();
    for piece in [
        "<",
        "</",
        "<!--",
        "<a ",
        "<a href=\"",
        "<a b='",
        "<script>",
        "<ul><li>",
        "<pre>",
        "&",
        "&#",
        "<p",
        "<!doctype ",
        "<style></",
        "<a href='https://x.example'>",
        "</ul>",
        "<o:",
    ] {
        let html = format!("<p>{}", piece.repeat(200_000 / piece.len()));
        let text = to_plain(&html);
        assert!(text.len() <= 12 * html.len(), "{piece}: {}", text.len());
    }
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
}

proptest! {
    #[test]
    fn every_word_survives_the_way_out_and_back(text in "[\\s\\S]{0,200}|([<>/&;='\" a-z\\n\\-!]|<p>|</p>|<br>|&lt;|<script>|<!--){0,40}") {
        let plain = to_plain(&to_html(&text));
        prop_assert_eq!(words(&plain), words(&text));
    }

    #[test]
    fn nothing_panics(html in "([<>/&;='\" a-z\\n\\-!éß😀#0-9]|<p>|</p>|<br|<li>|<ol>|</ol>|<a href=|</a>|<script>|<pre>|<img alt=|<!--|-->|<td>|&#){0,60}") {
        let text = to_plain(&html);
        prop_assert!(text.len() <= 16 * html.len() + 16);
    }
}
