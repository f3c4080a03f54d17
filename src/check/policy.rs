//! Choices between two rules whose texts contradict each other.

use super::findings::SetAside;
use crate::catalogue;
use crate::design::{Design, Mistake, MistakeKind, Policy, Text, nearest};
use crate::source::Spanned;

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
        let message = format!("`{}` and `{}` do not contradict each other", follow.value, aside.value);
        let help = match rule.conflicts {
            [] => format!("`{}` contradicts no rule and cannot be set aside", aside.value),
            others => format!("`{}` contradicts {}", aside.value, others.join(", ")),
        };
        return Err(Mistake::new(MistakeKind::BadPolicy, aside.span, message)
            .related(follow.span, "the rule to follow")
            .help(help));
    }
    if reason.value.trim().is_empty() {
        let mistake = Mistake::new(MistakeKind::BadPolicy, reason.span, "the choice has no reason");
        return Err(mistake.help("write why; the reason is printed in every report"));
    }
    Ok(SetAside { rule: rule.id, follow: followed.id, reason: reason.value.to_string(), span: aside.span })
}

fn known(id: &Spanned<Text>) -> Result<&'static catalogue::Rule<'static>, Mistake> {
    catalogue::rule(&id.value).ok_or_else(|| {
        let mistake = Mistake::new(MistakeKind::BadPolicy, id.span, format!("there is no rule `{}`", id.value));
        match nearest(&id.value, catalogue::RULES.iter().map(|rule| rule.id)) {
            Some(near) => mistake.help(format!("did you mean `{near}`?")),
            None => mistake.help("`rackproof rules` lists them"),
        }
    })
}
