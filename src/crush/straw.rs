//! What buckets of the older kinds keep besides their items' weights.

/// Lengths of the straws of a `straw` bucket, in units of 2^-16, by its items' weights.
///
/// Each straw is drawn with a length between 0 and its own, and the longest wins. The straw of the lightest item has
/// length 1. From one weight to the next heavier one, let `below` be what the items carry up to the lighter weight together,
/// `above` what the `left` heavier ones carry beyond it, and p = below / (below + above): the heavier straws are longer
/// by (1/p)^(1/left), so that they win that part of the draws.
///
/// Version 0 of the calculation counts `left` too low where several items weigh the same and too high where some weigh
/// nothing; version 1 does not.
pub(super) fn lengths(weights: &[u32], version: u8) -> Vec<u32> {
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|item| weights[*item]);
    let mut lengths = vec![0; weights.len()];
    let (mut length, mut below, mut lighter) = (1.0, 0.0, 0.0);
    let mut left = weights.len();
    for (rank, item) in order.iter().enumerate() {
        let weight = weights[*item];
        if weight == 0 {
            left -= usize::from(version > 0);
            continue;
        }
        // A length beyond 32 bits loses its upper ones, as crushtool has it.
        lengths[*item] = (length * 65_536.0) as u64 as u32;
        let Some(next) = order.get(rank + 1).map(|next| weights[*next]) else { break };
        if version == 0 && next == weight {
            continue;
        }
        below += (f64::from(weight) - lighter) * left as f64;
        let leaving = match version {
            0 => order[rank + 1..].iter().take_while(|other| weights[**other] == next).count(),
            _ => 1,
        };
        left = left.saturating_sub(leaving);
        let above = left as f64 * f64::from(next - weight);
        length *= ((below + above) / below).powf(1.0 / left as f64);
        lighter = f64::from(weight);
    }
    lengths
}

/// Weights of the nodes of a `tree` bucket. Item i is node 2i + 1, and a node with h trailing zeros has its children
/// 2^(h-1) before and behind it.
pub(super) fn tree(weights: &[u32]) -> Vec<u32> {
    let leaves = weights.len().next_power_of_two().max(1);
    let mut nodes = vec![0_u32; leaves * 2];
    for (leaf, weight) in weights.iter().enumerate() {
        nodes[2 * leaf + 1] = *weight;
    }
    let mut half = 1;
    while half < leaves {
        for node in (2 * half..nodes.len()).step_by(4 * half) {
            nodes[node] = nodes[node - half].wrapping_add(nodes[node + half]);
        }
        half *= 2;
    }
    nodes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_weights_have_equal_straws() {
        assert_eq!(lengths(&[0x10000; 4], 1), [0x10000; 4]);
        assert_eq!(lengths(&[0x10000, 0, 0x10000], 0), [0x10000, 0, 0x10000]);
    }

    #[test]
    fn a_node_weighs_what_lies_below_it() {
        assert_eq!(tree(&[1, 2, 4]), [0, 1, 3, 2, 7, 4, 4, 0]);
        assert_eq!(tree(&[5]), [0, 5]);
        assert_eq!(tree(&[]), [0, 0]);
    }
}
