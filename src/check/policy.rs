//! Choices between two rules whose texts contradict each other.

use super::findings::SetAside;
use crate::catalogue;
use crate::design::{Design, Mistake, MistakeKind, Policy, Text, nearest};
use crate::source::Spanned;
use crate::words::{self, Said};

/// The rules that the design sets aside, and choices that cannot be made.
pub(super) fn choices(design: &Design) -> (Vec<SetAside>, Vec<Mistake>) {
    let (mut set_aside, mut mistakes) = (Vec::new(), Vec::new());
    for policy in design.policy.iter().flat_map(|list| list.value.iter()) {
        match choice(&policy.value) {
            Some(Ok(choice)) => set_aside.push(choice),
            Some(Err(mistake)) => mistakes.push(mistake),
            // The reader has reported the missing key.
            None => {}
        }
    }
    (set_aside, mistakes)
}

fn choice(policy: &Policy) -> Option<Result<SetAside, Mistake>> {
    let (follow, aside, reason) = (policy.follow.as_ref()?, policy.set_aside.as_ref()?, policy.reason.as_ref()?);
    Some(choose(follow, aside, reason))
}

fn choose(follow: &Spanned<Text>, aside: &Spanned<Text>, reason: &Spanned<Text>) -> Result<SetAside, Mistake> {
    let (followed, rule) = (known(follow)?, known(aside)?);
    if !rule.conflicts.contains(&followed.id) {
        let message = words::policy::no_contradiction(follow.value.as_str(), aside.value.as_str());
        let help = match rule.conflicts {
            [] => words::policy::contradicts_nothing(aside.value.as_str()),
            others => words::policy::contradicts(aside.value.as_str(), Said::from(others.to_vec())),
        };
        return Err(Mistake::new(MistakeKind::BadPolicy, aside.span, message)
            .related(follow.span, words::policy::followed())
            .help(help));
    }
    if reason.value.trim().is_empty() {
        let mistake = Mistake::new(MistakeKind::BadPolicy, reason.span, words::policy::no_reason());
        return Err(mistake.help(words::policy::write_why()));
    }
    Ok(SetAside { rule: rule.id, follow: followed.id, reason: reason.value.to_string(), span: aside.span })
}

fn known(id: &Spanned<Text>) -> Result<&'static catalogue::Rule<'static>, Mistake> {
    catalogue::rule(&id.value).ok_or_else(|| {
        let mistake = Mistake::new(MistakeKind::BadPolicy, id.span, words::policy::no_such_rule(id.value.as_str()));
        match nearest(&id.value, catalogue::RULES.iter().map(|rule| rule.id)) {
            Some(near) => mistake.help(words::guessed::did_you_mean(near)),
            None => mistake.help(words::policy::rules_are_listed()),
        }
    })
}
