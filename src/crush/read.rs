//! From text to map, with every mistake in one run.
//!
//! The text is what `crushtool -d` prints and `crushtool -c` accepts. What stands in a table may stand in any order;
//! devices, types and buckets come before what names them, as `crushtool` wants it.

use std::collections::{HashMap, HashSet};

use super::map::{
    Algorithm, Bucket, BucketArguments, Choice, ChooseArguments, Device, Item, LARGEST_ID, Map, Mode, Rule, RuleKind,
    Setting, Shadow, Step, Tunables, Type, WHOLE,
};
use crate::source::{SourceId, Sources, Span};
use crate::words::Said;
use crate::words::{expected, maps};

/// Largest weight of a device, which `crushtool` sets.
const LARGEST_WEIGHT: u32 = 100 * WHOLE;
/// Most mistakes that are told of one text.
const MOST_MISTAKES: usize = 200;

/// A mistake in the text of a map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// What sort of mistake.
    pub kind: MistakeKind,
    /// Where.
    pub span: Span,
    /// What is wrong.
    pub message: Said,
    /// What to write instead.
    pub help: Said,
}

/// Sorts of mistakes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MistakeKind {
    /// Not the form of a CRUSH map.
    Syntax,
    /// A name or number that nothing before it defines.
    UnknownName,
    /// A name, number or place that is taken.
    Duplicate,
    /// A number outside its bounds.
    OutOfRange,
    /// A form of newer releases that is not mapped here.
    Unsupported,
    /// A uniform bucket whose items differ in weight.
    UnevenUniform,
}

/// A map with the places it was read at.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The map, without what could not be read.
    pub map: Map,
    /// Where its parts stand.
    pub places: Places,
    /// What is wrong with the text.
    pub mistakes: Vec<Mistake>,
}

/// Where parts of a map stand; each list is beside that of the map.
#[derive(Debug, Clone)]
pub struct Places {
    /// Names of devices.
    pub devices: Vec<Span>,
    /// Buckets.
    pub buckets: Vec<BucketPlace>,
    /// Rules.
    pub rules: Vec<RulePlace>,
    /// The first tunable, or the beginning of the text.
    pub tunables: Span,
}

/// Where a bucket stands.
#[derive(Debug, Clone)]
pub struct BucketPlace {
    /// Its name.
    pub name: Span,
    /// Its items, in the order of the map.
    pub items: Vec<Span>,
}

/// Where a rule stands.
#[derive(Debug, Clone)]
pub struct RulePlace {
    /// Its name.
    pub name: Span,
    /// Its steps.
    pub steps: Vec<Span>,
}

/// Reads a map.
pub fn read(sources: &Sources, source: SourceId) -> Reading {
    let text = &sources.get(source).text;
    let tokens = tokens(source, text);
    let numbered = |pair: &[Token<'_>]| (pair[0].text == "id").then(|| pair[1].text.parse().ok()).flatten();
    let reserved = tokens.windows(2).filter_map(numbered).filter(|id: &i32| *id < 0).collect();
    let end = text.len() as u32;
    let mut reader = Reader {
        tokens,
        at: 0,
        end: Span { source, start: end, end },
        map: Map { tunables: Tunables::legacy(), ..Map::default() },
        places: Places {
            devices: Vec::new(),
            buckets: Vec::new(),
            rules: Vec::new(),
            tunables: Span::start_of(source),
        },
        mistakes: Vec::new(),
        names: HashMap::new(),
        kinds: HashMap::new(),
        weights: HashMap::new(),
        reserved,
        taken: HashSet::new(),
    };
    reader.all();
    reader.map.number_shadows();
    Reading { map: reader.map, places: reader.places, mistakes: reader.mistakes }
}

#[derive(Debug, Clone, Copy)]
struct Token<'t> {
    text: &'t str,
    span: Span,
    /// Whether it is the first of its line.
    first: bool,
}

fn tokens(source: SourceId, text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut begin = 0;
    for line in text.split_inclusive('\n') {
        let code = line.split('#').next().unwrap_or_default();
        let mut first = true;
        let mut add = |from: usize, to: usize| {
            let span = Span { source, start: (begin + from) as u32, end: (begin + to) as u32 };
            tokens.push(Token { text: &code[from..to], span, first });
            first = false;
        };
        let mut word = None;
        for (place, letter) in code.char_indices().chain([(code.len(), ' ')]) {
            let bracket = matches!(letter, '{' | '}' | '[' | ']');
            if !bracket && !letter.is_whitespace() {
                word = word.or(Some(place));
                continue;
            }
            if let Some(from) = word.take() {
                add(from, place);
            }
            if bracket {
                add(place, place + 1);
            }
        }
        begin += line.len();
    }
    tokens
}

/// Reading stops at a mistake and goes on at the next line.
struct Stop;
type Read<T> = Result<T, Stop>;

/// An item, the position it asks for, and where it is named.
type Placed = (Item, Option<usize>, Span);

struct Reader<'t> {
    tokens: Vec<Token<'t>>,
    at: usize,
    end: Span,
    map: Map,
    places: Places,
    mistakes: Vec<Mistake>,
    /// Numbers of devices and buckets by name.
    names: HashMap<&'t str, i32>,
    /// Numbers of types by name.
    kinds: HashMap<&'t str, u16>,
    /// Weights of buckets by number.
    weights: HashMap<i32, u64>,
    /// Numbers that buckets and shadows are given anywhere in the text.
    reserved: HashSet<i32>,
    /// Numbers of buckets and shadows so far.
    taken: HashSet<i32>,
}

impl<'t> Reader<'t> {
    fn all(&mut self) {
        while self.at < self.tokens.len() && self.mistakes.len() < MOST_MISTAKES {
            if self.statement().is_err() {
                self.skip();
            }
        }
    }

    fn statement(&mut self) -> Read<()> {
        let head = self.next(maps::part_of_map)?;
        match head.text {
            "tunable" => self.tunable(head),
            "device" => self.device(),
            "type" => self.kind(),
            "rule" => self.rule(),
            "choose_args" => self.choose_args(),
            _ => match self.kinds.get(head.text) {
                Some(kind) if *kind > 0 => self.bucket(*kind),
                _ => {
                    let message = maps::no_part(head.text);
                    self.stop(MistakeKind::Syntax, head.span, message, maps::write_part())
                }
            },
        }
    }

    fn tunable(&mut self, head: Token<'t>) -> Read<()> {
        if self.places.tunables.end == 0 {
            self.places.tunables = head.span;
        }
        let name = self.next(maps::name_of_tunable)?;
        let value = self.number(expected::number, 0, u32::MAX)?;
        let small = |value: u32| u8::try_from(value).unwrap_or(u8::MAX);
        let tunables = &mut self.map.tunables;
        match name.text {
            "choose_local_tries" => tunables.choose_local_tries = value,
            "choose_local_fallback_tries" => tunables.choose_local_fallback_tries = value,
            "choose_total_tries" => tunables.choose_total_tries = value,
            "chooseleaf_descend_once" => tunables.chooseleaf_descend_once = value,
            "chooseleaf_vary_r" => tunables.chooseleaf_vary_r = small(value),
            "chooseleaf_stable" => tunables.chooseleaf_stable = small(value),
            "straw_calc_version" => tunables.straw_calc_version = small(value),
            "allowed_bucket_algs" => tunables.allowed_bucket_algs = value,
            "msr_descents" | "msr_collision_tries" => {}
            _ => {
                let message = maps::no_tunable(name.text);
                return self.stop(MistakeKind::UnknownName, name.span, message, maps::write_tunable());
            }
        }
        Ok(())
    }

    fn device(&mut self) -> Read<()> {
        let number = self.peek_span();
        let id = self.number(maps::number_of_device, 0, LARGEST_ID)?;
        let name = self.next(maps::name_of_device)?;
        let class = if self.takes("class") { Some(self.next(maps::device_class)?.text.to_owned()) } else { None };
        if self.map.devices.iter().any(|device| device.id == id) {
            return self.stop(MistakeKind::Duplicate, number, maps::device_twice(id), maps::own_number_of_device());
        }
        self.define(name, id);
        self.map.devices.push(Device { id, name: name.text.to_owned(), class });
        self.places.devices.push(name.span);
        Ok(())
    }

    fn kind(&mut self) -> Read<()> {
        let number = self.peek_span();
        let id = self.number(maps::number_of_type, 0, u16::MAX)?;
        let name = self.next(maps::name_of_type)?;
        if self.kinds.insert(name.text, id).is_some() || self.map.types.iter().any(|kind| kind.id == id) {
            let message = maps::type_twice(id, name.text);
            return self.stop(MistakeKind::Duplicate, number, message, maps::own_number_of_type());
        }
        self.map.types.push(Type { id, name: name.text.to_owned() });
        Ok(())
    }

    fn bucket(&mut self, kind: u16) -> Read<()> {
        let name = self.next(maps::name_of_bucket)?;
        self.expect("{")?;
        let mut algorithm = None;
        let (mut id, mut shadows, mut items) = (None, Vec::new(), Vec::new());
        while let Some(word) = self.entry()? {
            let done = match word.text {
                "id" => self.bucket_id(&mut id, &mut shadows),
                "alg" => self.algorithm().map(|read| algorithm = Some(read)),
                "hash" => self.hash(),
                // The documentation shows it; the items' weights are what counts.
                "weight" => self.weight().map(drop),
                "item" => self.item(name.text).map(|item| items.push(item)),
                _ => self.stop(
                    MistakeKind::Syntax,
                    word.span,
                    maps::no_key_of_bucket(word.text),
                    maps::write_key_of_bucket(),
                ),
            };
            if done.is_err() {
                self.skip();
            }
        }
        let Some(algorithm) = algorithm else {
            self.tell(MistakeKind::Syntax, name.span, maps::no_algorithm(name.text), maps::write_text("alg straw2"));
            return Ok(());
        };
        let id = id.unwrap_or_else(|| self.free());
        self.taken.insert(id);
        self.define(name, id);
        let (spans, items) = self.ordered(name, items);
        if algorithm == Algorithm::Uniform {
            self.even(name, &items, &spans);
        }
        let bucket = Bucket { id, name: name.text.to_owned(), kind, algorithm, items, shadows };
        let weight = bucket.weight();
        if weight > u64::from(u32::MAX) {
            self.tell(MistakeKind::OutOfRange, name.span, maps::too_heavy(name.text, "65,535"), maps::lower_weights());
        }
        self.weights.insert(id, weight);
        self.map.buckets.push(bucket);
        self.places.buckets.push(BucketPlace { name: name.span, items: spans });
        Ok(())
    }

    fn bucket_id(&mut self, id: &mut Option<i32>, shadows: &mut Vec<Shadow>) -> Read<()> {
        let span = self.peek_span();
        let number = self.number(|| maps::number_below("0"), -LARGEST_ID, -1)?;
        let class = if self.takes("class") { Some(self.next(maps::device_class)?.text.to_owned()) } else { None };
        if !self.taken.insert(number) {
            return self.stop(
                MistakeKind::Duplicate,
                span,
                maps::bucket_number_taken(number),
                maps::own_number_of_bucket(),
            );
        }
        match class {
            None => *id = Some(number),
            Some(class) => shadows.push(Shadow { class, id: number }),
        }
        Ok(())
    }

    fn algorithm(&mut self) -> Read<Algorithm> {
        let word = self.next(maps::algorithms)?;
        match Algorithm::ALL.into_iter().find(|known| known.name() == word.text) {
            Some(known) => Ok(known),
            None => self.stop(
                MistakeKind::Syntax,
                word.span,
                maps::no_kind_of_bucket(word.text),
                maps::write(maps::algorithms()),
            ),
        }
    }

    fn hash(&mut self) -> Read<()> {
        let word = self.next(|| "0".into())?;
        if word.text == "0" || word.text == "rjenkins1" {
            return Ok(());
        }
        self.stop(MistakeKind::Unsupported, word.span, maps::unknown_hash(word.text), maps::write_hash("hash 0"))
    }

    /// An item and the position it asks for.
    fn item(&mut self, bucket: &str) -> Read<Placed> {
        let name = self.next(maps::name_of_item)?;
        let Some(id) = self.names.get(name.text).copied() else {
            let message = maps::item_not_defined(name.text, bucket);
            self.tell(MistakeKind::UnknownName, name.span, message, maps::define_before());
            return Err(Stop);
        };
        let (mut weight, mut position) = (None, None);
        loop {
            if self.takes("weight") {
                let span = self.peek_span();
                let read = self.weight()?;
                if id >= 0 && read > LARGEST_WEIGHT {
                    self.tell(
                        MistakeKind::OutOfRange,
                        span,
                        maps::device_too_heavy(name.text, "100"),
                        maps::weight_of_device("100"),
                    );
                }
                weight = Some(read);
            } else if self.takes("pos") {
                position = Some(self.number::<usize>(|| maps::position_from("0"), 0, LARGEST_ID)?);
            } else {
                break;
            }
        }
        let own = self.weights.get(&id).map_or(WHOLE, |weight| u32::try_from(*weight).unwrap_or(u32::MAX));
        Ok((Item { id, weight: weight.unwrap_or(own) }, position, name.span))
    }

    /// Items at the positions they ask for, the others in the places left.
    fn ordered(&mut self, bucket: Token<'t>, items: Vec<Placed>) -> (Vec<Span>, Vec<Item>) {
        let mut places: Vec<Option<(Span, Item)>> = vec![None; items.len()];
        let mut others = Vec::new();
        for (item, position, span) in items {
            match position.map(|position| (position, places.get(position).copied())) {
                None => others.push((span, item)),
                Some((position, Some(None))) => places[position] = Some((span, item)),
                Some((position, _)) => {
                    let message = maps::position_taken(position, bucket.text);
                    self.tell(MistakeKind::Duplicate, span, message, maps::number_positions("0"));
                    others.push((span, item));
                }
            }
        }
        let mut others = others.into_iter();
        places.into_iter().filter_map(|place| place.or_else(|| others.next())).unzip()
    }

    fn even(&mut self, bucket: Token<'t>, items: &[Item], spans: &[Span]) {
        let Some(odd) = items.iter().position(|item| item.weight != items[0].weight) else { return };
        let message = maps::uneven(bucket.text);
        self.tell(MistakeKind::UnevenUniform, spans[odd], message, maps::one_weight("alg straw2"));
    }

    fn rule(&mut self) -> Read<()> {
        let name = self.next(maps::name_of_rule)?;
        self.expect("{")?;
        let mut rule = Rule {
            id: 0,
            name: name.text.to_owned(),
            kind: RuleKind::Replicated,
            min_size: None,
            max_size: None,
            steps: Vec::new(),
        };
        let (mut id, mut steps) = (None, Vec::new());
        while let Some(word) = self.entry()? {
            let done = match word.text {
                "id" | "ruleset" => self.number(maps::number_of_rule, 0, u8::MAX).map(|read| id = Some(read)),
                "type" => self.rule_kind().map(|read| rule.kind = read),
                "min_size" => self.number(maps::number_of_replicas, 0, u8::MAX).map(|read| rule.min_size = Some(read)),
                "max_size" => self.number(maps::number_of_replicas, 0, u8::MAX).map(|read| rule.max_size = Some(read)),
                "step" => self.step(name.text).map(|step| {
                    steps.push(word.span);
                    rule.steps.push(step);
                }),
                _ => self.stop(
                    MistakeKind::Syntax,
                    word.span,
                    maps::no_key_of_rule(word.text),
                    maps::write_key_of_rule(),
                ),
            };
            if done.is_err() {
                self.skip();
            }
        }
        let Some(id) = id else {
            self.tell(MistakeKind::Syntax, name.span, maps::no_id_of_rule(name.text), maps::write_id_of_rule());
            return Ok(());
        };
        rule.id = id;
        if self.map.rules.iter().any(|known| known.id == rule.id || known.name == rule.name) {
            let message = maps::rule_twice(rule.id, &rule.name);
            self.tell(MistakeKind::Duplicate, name.span, message, maps::own_number_of_rule());
            return Ok(());
        }
        self.map.rules.push(rule);
        self.places.rules.push(RulePlace { name: name.span, steps });
        Ok(())
    }

    fn rule_kind(&mut self) -> Read<RuleKind> {
        let word = self.next(maps::types_of_rule)?;
        match word.text {
            "replicated" => Ok(RuleKind::Replicated),
            "erasure" => Ok(RuleKind::Erasure),
            "msr_firstn" | "msr_indep" => self.unsupported(word),
            _ => self.stop(
                MistakeKind::Syntax,
                word.span,
                maps::no_type_of_rule(word.text),
                maps::write(maps::types_of_rule()),
            ),
        }
    }

    fn step(&mut self, rule: &str) -> Read<Step> {
        let word = self.next(maps::a_step)?;
        match word.text {
            "take" => self.take(rule),
            "choose" | "chooseleaf" => self.choice(word.text == "chooseleaf").map(Step::Choose),
            "emit" => Ok(Step::Emit),
            "noop" => Ok(Step::Noop),
            text if text.starts_with("choose_msr") || text.starts_with("set_msr") => self.unsupported(word),
            text => match Setting::ALL.into_iter().find(|known| known.name() == text) {
                Some(setting) => Ok(Step::Set(setting, self.number(expected::number, 0, i32::MAX.cast_unsigned())?)),
                None => self.stop(MistakeKind::Syntax, word.span, maps::no_step(text), maps::write_step()),
            },
        }
    }

    fn unsupported<T>(&mut self, word: Token<'t>) -> Read<T> {
        let message = maps::of_newer_release(word.text);
        self.stop(MistakeKind::Unsupported, word.span, message, maps::write_older_steps())
    }

    fn take(&mut self, rule: &str) -> Read<Step> {
        let name = self.next(maps::name_of_root)?;
        let class = if self.takes("class") { Some(self.next(maps::device_class)?) } else { None };
        let Some(item) = self.names.get(name.text).copied() else {
            let message = maps::takes_unknown(rule, name.text);
            return self.stop(MistakeKind::UnknownName, name.span, message, maps::name_bucket_or_device());
        };
        if let Some(class) = class
            && !self.map.devices.iter().any(|device| device.class.as_deref() == Some(class.text))
        {
            let message = maps::takes_unknown_class(rule, class.text);
            return self.stop(MistakeKind::UnknownName, class.span, message, maps::name_class());
        }
        Ok(Step::Take { item, class: class.map(|class| class.text.to_owned()) })
    }

    fn choice(&mut self, to_device: bool) -> Read<Choice> {
        let word = self.next(maps::modes)?;
        let mode = match word.text {
            "firstn" => Mode::Firstn,
            "indep" => Mode::Indep,
            text => {
                return self.stop(MistakeKind::Syntax, word.span, maps::no_mode(text), maps::write(maps::modes()));
            }
        };
        let count = self.number(maps::how_many, i32::MIN + 1, i32::MAX)?;
        self.expect("type")?;
        let kind = self.next(maps::a_type)?;
        let Some(kind) = self.kinds.get(kind.text).copied() else {
            return self.stop(
                MistakeKind::UnknownName,
                kind.span,
                maps::type_not_defined(kind.text),
                maps::name_type(),
            );
        };
        Ok(Choice { to_device, mode, count, kind })
    }

    fn choose_args(&mut self) -> Read<()> {
        let id = self.number(|| maps::number_of_pool("-1"), i64::MIN, i64::MAX)?;
        self.expect("{")?;
        let mut arguments = ChooseArguments { id, buckets: Vec::new() };
        while self.takes("{") {
            if let Some(bucket) = self.bucket_arguments()? {
                arguments.buckets.push(bucket);
            }
        }
        self.expect("}")?;
        self.map.choose_args.push(arguments);
        Ok(())
    }

    fn bucket_arguments(&mut self) -> Read<Option<BucketArguments>> {
        let (mut bucket, mut weight_set, mut ids) = (None, Vec::new(), Vec::new());
        while let Some(word) = self.entry()? {
            match word.text {
                "bucket_id" => bucket = Some((self.number(maps::number_of_bucket, -LARGEST_ID, -1)?, word.span)),
                "weight_set" => weight_set = self.list(|reader| reader.list(Self::weight))?,
                "ids" => ids = self.list(|reader| reader.number(expected::number, i32::MIN, i32::MAX))?,
                _ => {
                    return self.stop(
                        MistakeKind::Syntax,
                        word.span,
                        maps::no_key_of_arguments(word.text),
                        maps::write_key_of_arguments(),
                    );
                }
            }
        }
        let Some((bucket, span)) = bucket else { return Ok(None) };
        let is_shadow = self.map.buckets.iter().flat_map(|known| &known.shadows).any(|shadow| shadow.id == bucket);
        if is_shadow {
            return Ok(Some(BucketArguments { bucket, weight_set, ids }));
        }
        let Some(size) = self.map.bucket(bucket).map(|known| known.items.len()) else {
            self.tell(MistakeKind::UnknownName, span, maps::arguments_of_unknown(bucket), maps::name_bucket());
            return Ok(None);
        };
        let fits =
            weight_set.iter().all(|weights: &Vec<u32>| weights.len() == size) && (ids.is_empty() || ids.len() == size);
        if !fits {
            let message = maps::arguments_do_not_fit(bucket, size);
            self.tell(MistakeKind::OutOfRange, span, message, maps::one_for_each_item());
            return Ok(None);
        }
        Ok(Some(BucketArguments { bucket, weight_set, ids }))
    }

    fn list<T>(&mut self, mut read: impl FnMut(&mut Self) -> Read<T>) -> Read<Vec<T>> {
        self.expect("[")?;
        let mut values = Vec::new();
        while !self.takes("]") {
            values.push(read(self)?);
        }
        Ok(values)
    }

    /// The first word of an entry of a table, nothing at its end.
    fn entry(&mut self) -> Read<Option<Token<'t>>> {
        let word = self.next(|| "}".into())?;
        Ok((word.text != "}").then_some(word))
    }

    fn define(&mut self, name: Token<'t>, id: i32) {
        if self.names.contains_key(name.text) {
            let message = maps::name_taken(name.text);
            self.tell(MistakeKind::Duplicate, name.span, message, maps::own_name());
            return;
        }
        self.names.insert(name.text, id);
    }

    /// The first number of a bucket that nothing in the text uses.
    fn free(&mut self) -> i32 {
        let free = (1..=LARGEST_ID).map(|id| -id).find(|id| !self.reserved.contains(id)).unwrap_or(i32::MIN);
        self.reserved.insert(free);
        free
    }

    fn weight(&mut self) -> Read<u32> {
        let word = self.next(maps::a_weight)?;
        // Ceph keeps a weight as a float before it cuts it to 16.16 bits: the same digits must give the same bits.
        match word.text.parse::<f32>() {
            Ok(weight) if (0.0..65_536.0).contains(&weight) => Ok((weight * 65_536.0) as u32),
            _ => self.stop(MistakeKind::OutOfRange, word.span, maps::no_weight(word.text), maps::write_weight("0")),
        }
    }

    fn number<T: TryFrom<i64>>(&mut self, what: fn() -> Said, least: impl Into<i64>, most: impl Into<i64>) -> Read<T> {
        let (least, most) = (least.into(), most.into());
        let word = self.next(what)?;
        let read = word.text.parse::<i64>().ok().filter(|value| (least..=most).contains(value));
        match read.and_then(|value| T::try_from(value).ok()) {
            Some(value) => Ok(value),
            None => self.stop(
                MistakeKind::OutOfRange,
                word.span,
                maps::is_not(word.text, what()),
                maps::write_number(least.to_string(), most.to_string()),
            ),
        }
    }

    fn next(&mut self, what: fn() -> Said) -> Read<Token<'t>> {
        if let Some(token) = self.tokens.get(self.at).copied() {
            self.at += 1;
            return Ok(token);
        }
        self.stop(MistakeKind::Syntax, self.end, maps::text_ends(what()), maps::complete())
    }

    fn takes(&mut self, text: &str) -> bool {
        let found = self.tokens.get(self.at).is_some_and(|token| token.text == text);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, text: &str) -> Read<()> {
        if self.takes(text) {
            return Ok(());
        }
        let found = self.tokens.get(self.at).map_or_else(maps::end_of_text, |token| token.text.into());
        self.stop(MistakeKind::Syntax, self.peek_span(), maps::wanted_here(text, found), maps::write_here(text))
    }

    fn peek_span(&self) -> Span {
        self.tokens.get(self.at).map_or(self.end, |token| token.span)
    }

    /// Goes on at the next line.
    fn skip(&mut self) {
        while self.tokens.get(self.at).is_some_and(|token| !token.first) {
            self.at += 1;
        }
    }

    fn tell(&mut self, kind: MistakeKind, span: Span, message: Said, help: Said) {
        if self.mistakes.len() < MOST_MISTAKES {
            self.mistakes.push(Mistake { kind, span, message, help });
        }
    }

    fn stop<T>(&mut self, kind: MistakeKind, span: Span, message: Said, help: Said) -> Read<T> {
        self.tell(kind, span, message, help);
        Err(Stop)
    }
}
