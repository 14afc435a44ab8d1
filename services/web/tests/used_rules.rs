//! What the build leaves out of a package's style sheet.

use std::collections::HashSet;

#[path = "../build/used_rules.rs"]
mod used_rules;

fn kept(css: &str, page: &str) -> String {
    let mut words = HashSet::new();
    used_rules::words(page, &mut words);
    used_rules::used_rules(css, &words)
}

#[test]
fn a_rule_stays_when_a_page_has_every_class_that_it_needs() {
    let page = "<p class=\"btn btn-primary\">";
    assert_eq!(
        kept(".btn{a:b}.card{a:b}.btn.card{c:d}.btn .btn-primary{e:f}", page),
        ".btn{a:b}.btn .btn-primary{e:f}"
    );
    assert_eq!(kept(".card,.btn:hover,a{a:b}", page), ".btn:hover,a{a:b}");
}

#[test]
fn what_is_in_doubt_stays() {
    let page = "btn";
    for css in [
        ":root{--a:1}",
        ".btn:not(.card){a:b}",
        "@font-face{a:b}",
        "@charset \"UTF-8\";",
        "a[href]{a:b}",
        ".btn{background:url(\"data:image/svg+xml,{}\")}",
    ] {
        assert_eq!(kept(css, page), css);
    }
}

#[test]
fn groups_keep_what_is_used_in_them_and_vanish_when_nothing_is() {
    assert_eq!(
        kept("@media (min-width:1px){.btn{a:b}.card{a:b}}@media print{.card{a:b}}", "btn"),
        "@media (min-width:1px){.btn{a:b}}"
    );
    assert_eq!(kept("@keyframes spin{0%{a:b}to{a:b}}.btn{a:b}", "btn"), ".btn{a:b}");
    assert_eq!(kept("[data-bs-theme=dark]{a:b}[data-bs-theme=dark] .btn{a:b}", "btn"), "");
}

#[test]
fn a_sheet_that_breaks_off_is_read_as_far_as_it_goes() {
    assert_eq!(kept("/* x */.btn{a:b}.btn{", "btn"), ".btn{a:b}");
    assert_eq!(kept("}.btn{a:b}", "btn"), "");
    assert_eq!(kept("/* never closed", "btn"), "");
}
