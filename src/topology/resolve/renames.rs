//! Names that things had before: each belonged to one thing, and to nothing that still has it.

use foldhash::HashMap;

use super::Resolver;
use crate::design::{Mistake, MistakeKind, NameTable, name_tables};
use crate::source::Span;
use crate::words::references;

impl Resolver<'_> {
    pub(super) fn names_before(&mut self) {
        for table in name_tables(self.topology.design) {
            if table.entries.iter().any(|entry| entry.was.is_some()) {
                self.names_before_in(&table);
            }
        }
    }

    fn names_before_in(&mut self, table: &NameTable<'_>) {
        let here = |entry: &crate::design::NameEntry<'_>| entry.pattern.span;
        let present: HashMap<&str, Span> = table
            .entries
            .iter()
            .flat_map(|entry| entry.names.iter().map(move |name| (name.as_str(), here(entry))))
            .collect();
        let mut taken: HashMap<&str, Span> = HashMap::default();
        for entry in &table.entries {
            let Some(was) = entry.was else { continue };
            let (before, now) = (was.value.0.len(), entry.names.len());
            if before != now {
                let message = references::old_names(before, now);
                let mistake = Mistake::new(MistakeKind::UnequalRanges, was.span, message);
                self.report(mistake.help(references::as_many_old_names()));
            }
            for name in &was.value.0 {
                if let Some(other) = present.get(name.value.as_str()) {
                    let message = references::still_a_name(name.value.as_str());
                    let mistake = Mistake::new(MistakeKind::DuplicateName, name.span, message);
                    self.report(
                        mistake.related(*other, references::described_here()).help(references::only_gone_names()),
                    );
                }
                if let Some(first) = taken.insert(&name.value, name.span) {
                    let message = references::one_old_name(name.value.as_str());
                    let mistake = Mistake::new(MistakeKind::UsedTwice, name.span, message);
                    self.report(
                        mistake.related(first, references::first_named_here()).help(references::leave_old_name()),
                    );
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::source::{self, Sources, Span};

    fn mistakes(text: &str) -> Vec<(usize, String)> {
        let mut sources = Sources::default();
        let root = sources.add("design", text);
        let (document, errors) = source::parse(&sources, root);
        assert!(errors.is_empty(), "{errors:?}");
        let (design, mistakes) = crate::design::read(&document, Span::start_of(root));
        assert!(mistakes.is_empty(), "{mistakes:?}");
        let (_, mistakes) = crate::topology::resolve(&design, Span::start_of(root));
        mistakes
            .into_iter()
            .map(|mistake| (sources.positions(mistake.span).0.line, mistake.message.to_string()))
            .collect()
    }

    #[test]
    fn an_old_name_belonged_to_one_thing_and_belongs_to_none_now() {
        let told = mistakes(
            r#"
            [node."host{1..3}"]
            was = "pve{1..2}"
            [node.pve1]
            [guest.a]
            was = "x"
            [guest.b]
            was = "x"
            [ceph.pool.vm]
            was = "vm"
            [server_model.hci.disks.front]
            was = "rear"
            [server_model.hci.disks.rear]
            "#,
        );
        let expected = [
            (12, "`rear` is still a name in this table"),
            (3, "2 old names stand for 3 names"),
            (3, "`pve1` is still a name in this table"),
            (10, "`vm` is still a name in this table"),
            (8, "two things were called `x` before"),
        ];
        assert_eq!(told, expected.map(|(line, message)| (line, message.to_owned())));
    }

    #[test]
    fn old_names_of_things_that_are_gone_are_sound() {
        let sound = r#"
            [node."host{1..3}"]
            was = "pve{1..3}"
            [switch."spine-{a,b}"]
            was = ["core-a", "core-b"]
            [network.rados]
            was = "ceph"
            [server_model.big.cards]
            nic1 = { was = "slot1" }
            [server_model.small.cards]
            slot1 = { ports = 2 }
            "#;
        assert_eq!(mistakes(sound), []);
    }
}
