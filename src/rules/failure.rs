//! What a design claims to survive.

use super::{Judge, Subject};
use crate::catalogue::parameters::failure as parameters;
use crate::failure::{self, Outcome};

pub(super) fn claim_not_kept(judge: &mut Judge<'_>, _ranking: &parameters::ClaimNotKept) {
    let topology = judge.topology();
    if !failure::are_made(topology) {
        return;
    }
    let proof = failure::prove_singles(topology);
    for kept in failure::kept(&proof) {
        let subject = Subject::new(format!("design.survives.{}", kept.claim.value), kept.claim.span);
        match (kept.outcome(), &kept.first) {
            (Outcome::Survived, _) => judge.holds(),
            (Outcome::Lost, Some(first)) => {
                let raised = judge.violated(subject).with("claim", kept.claim.value.as_str());
                raised.with("failures", kept.lost).with("checked", kept.checked);
                raised.with("chain", crate::words::Said::run(" → ", proof.story(first).chain));
            }
            _ => {
                let facts = proof.open_facts();
                let first = facts.first().cloned().unwrap_or_default();
                judge.unproven(subject, first).missing = facts;
            }
        }
    }
}
