//! Shadows: for each device class, copies of the buckets that hold the devices of that class only.

use std::collections::{HashMap, HashSet};

use super::map::{Bucket, Item, Map, Shadow};

/// Classes of the devices, in the order they are first named.
pub(super) fn classes(map: &Map) -> Vec<String> {
    let mut seen = HashSet::new();
    let named = map.devices.iter().filter_map(|device| device.class.as_deref());
    named.filter(|class| seen.insert(*class)).map(str::to_owned).collect()
}

/// Gives every bucket a shadow for every class that it has none for, numbered as Ceph numbers them: root by root from
/// the lowest number, class by class, what a bucket holds before the bucket, the first number from -1 down that is free.
pub(super) fn number(map: &mut Map) {
    let classes = classes(map);
    if classes.is_empty() {
        return;
    }
    let mut taken: HashSet<i32> = map.buckets.iter().map(|bucket| bucket.id).collect();
    taken.extend(map.buckets.iter().flat_map(|bucket| &bucket.shadows).map(|shadow| shadow.id));
    let mut free = (1..).map(|id: i32| -id).filter(|id| !taken.contains(id));
    let mut numbered: HashMap<(usize, &str), i32> = HashMap::new();
    for (index, bucket) in map.buckets.iter().enumerate() {
        let known = bucket
            .shadows
            .iter()
            .filter_map(|shadow| classes.iter().find(|class| **class == shadow.class).map(|class| (class, shadow.id)));
        numbered.extend(known.map(|(class, id)| ((index, class.as_str()), id)));
    }
    for below in trees(map) {
        for class in &classes {
            for bucket in &below {
                numbered.entry((*bucket, class)).or_insert_with(|| free.next().unwrap_or(i32::MIN));
            }
        }
    }
    let of = |index| {
        classes
            .iter()
            .filter_map(|class| Some(Shadow { class: class.clone(), id: *numbered.get(&(index, class.as_str()))? }))
            .collect()
    };
    let shadows: Vec<Vec<Shadow>> = (0..map.buckets.len()).map(of).collect();
    for (bucket, shadows) in map.buckets.iter_mut().zip(shadows) {
        bucket.shadows = shadows;
    }
}

/// Indices of the buckets of each tree, from the root with the lowest number; what a bucket holds comes before it.
fn trees(map: &Map) -> Vec<Vec<usize>> {
    let index: HashMap<i32, usize> = map.buckets.iter().enumerate().map(|(index, bucket)| (bucket.id, index)).collect();
    let held: HashSet<i32> = map.buckets.iter().flat_map(|bucket| &bucket.items).map(|item| item.id).collect();
    let mut roots: Vec<usize> = (0..map.buckets.len()).filter(|root| !held.contains(&map.buckets[*root].id)).collect();
    roots.sort_by_key(|root| map.buckets[*root].id);
    roots.into_iter().map(|root| below(map, &index, root)).collect()
}

/// A bucket and all below it, each once and after what it holds.
fn below(map: &Map, index: &HashMap<i32, usize>, root: usize) -> Vec<usize> {
    let mut order = Vec::new();
    after_what_it_holds(map, index, root, &mut HashSet::new(), &mut order);
    order
}

/// Adds a bucket and all below it that were not seen yet to an order in which each comes after what it holds.
pub(super) fn after_what_it_holds(
    map: &Map,
    index: &HashMap<i32, usize>,
    root: usize,
    seen: &mut HashSet<usize>,
    order: &mut Vec<usize>,
) {
    if !seen.insert(root) {
        return;
    }
    let mut path = vec![(root, 0)];
    while let Some((bucket, next)) = path.last_mut() {
        let Some(item) = map.buckets[*bucket].items.get(*next) else {
            order.push(*bucket);
            path.pop();
            continue;
        };
        *next += 1;
        if let Some(child) = index.get(&item.id).filter(|child| seen.insert(**child)) {
            path.push((*child, 0));
        }
    }
}

/// The buckets of a map, and its shadows as buckets of their own.
///
/// Other weights of a bucket are not those of its shadows: `crushtool -c` gives a shadow only what the text names by
/// the shadow's own number.
pub(super) fn whole(map: &Map) -> Vec<Bucket> {
    let mut whole = map.buckets.clone();
    let class_of: HashMap<i32, &str> =
        map.devices.iter().filter_map(|device| Some((device.id, device.class.as_deref()?))).collect();
    let index: HashMap<i32, usize> = map.buckets.iter().enumerate().map(|(index, bucket)| (bucket.id, index)).collect();
    let mut seen = HashSet::new();
    let order: Vec<usize> = trees(map).into_iter().flatten().filter(|bucket| seen.insert(*bucket)).collect();
    for class in classes(map) {
        let mut weights: HashMap<i32, u32> = HashMap::new();
        for bucket in order.iter().map(|bucket| &map.buckets[*bucket]) {
            let Some(own) = shadow_id(bucket, &class) else { continue };
            let twin = |item: &Item| {
                if item.id >= 0 {
                    return class_of.get(&item.id).is_some_and(|own| *own == class).then_some(*item);
                }
                let id = shadow_id(&map.buckets[*index.get(&item.id)?], &class)?;
                Some(Item { id, weight: weights.get(&id).copied().unwrap_or(0) })
            };
            let items: Vec<Item> = bucket.items.iter().filter_map(twin).collect();
            weights.insert(own, items.iter().fold(0, |sum, item| sum.wrapping_add(item.weight)));
            whole.push(Bucket { id: own, items, shadows: Vec::new(), ..bucket.clone() });
        }
    }
    whole
}

fn shadow_id(bucket: &Bucket, class: &str) -> Option<i32> {
    bucket.shadows.iter().find(|shadow| shadow.class == class).map(|shadow| shadow.id)
}
