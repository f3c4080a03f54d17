//! A design as CEL sees it: things whose fields are read when an expression asks for them, and never copied.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use cel::ExecutionError;
use cel::common::traits::{Indexer, Iterable, Iterator as CelIterator, Sizer};
use cel::common::types::{CelBool, CelDouble, CelInt, CelList, CelString, LIST_TYPE, Type};
use cel::common::value::{CowVal, Val};
use cel::context::VariableResolver;

use super::entities::{Kind, Thing, everything};
use super::fact::Data;
use super::parameters::{Amount, Parameter};
use super::unit;
use crate::topology::Topology;

/// Most things that one rule may look at in one design: some seconds of work.
pub(super) const MOST_STEPS: u64 = 5_000_000;
/// Name that each round of a loop asks for; it is not there once a rule has looked at too many things.
pub(super) const STEP: &str = "@step";
/// Put before the name of a field that is asked for by `has()`: its absence is no missing fact then.
pub(super) const ASKED: char = '?';

static THING: Type = Type::new_unspecified_type("thing");
static STEPPED: CelBool = CelBool::TRUE;

/// What one rule sees of a design, and what it took to look.
#[derive(Debug)]
pub(super) struct View<'v> {
    pub(super) topology: &'v Topology<'v>,
    steps: AtomicU64,
    missing: Mutex<Vec<String>>,
}

impl<'v> View<'v> {
    pub(super) fn new(topology: &'v Topology<'v>) -> Self {
        Self { topology, steps: AtomicU64::new(0), missing: Mutex::default() }
    }

    /// Counts steps; says whether the rule may go on.
    fn step(&self, steps: u64) -> bool {
        self.steps.fetch_add(steps, Ordering::Relaxed).saturating_add(steps) <= MOST_STEPS
    }

    /// Whether the rule has looked at more than it may.
    pub(super) fn is_spent(&self) -> bool {
        self.steps.load(Ordering::Relaxed) > MOST_STEPS
    }

    fn note_missing(&self, path: &str) {
        let mut missing = self.missing.lock().unwrap_or_else(PoisonError::into_inner);
        if !missing.iter().any(|known| known == path) {
            missing.push(path.to_owned());
        }
    }

    /// The keys that were asked for in vain since this was last called, each once.
    pub(super) fn take_missing(&self) -> Vec<String> {
        std::mem::take(&mut *self.missing.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Everything of the kinds that a rule takes from the whole design, listed once.
#[derive(Debug)]
pub(super) struct Lists<'v> {
    view: &'v View<'v>,
    by_kind: Vec<(Kind, Result<Vec<Entity<'v>>, String>)>,
}

impl<'v> Lists<'v> {
    pub(super) fn new(view: &'v View<'v>, kinds: &[Kind]) -> Self {
        let list = |kind: &Kind| {
            let things = everything(view.topology, *kind).whole();
            (*kind, things.map(|things| things.into_iter().map(|thing| Entity { view, thing }).collect()))
        };
        Self { view, by_kind: kinds.iter().map(list).collect() }
    }

    fn of(&'v self, kind: Kind) -> Result<&'v [Entity<'v>], String> {
        let known = self.by_kind.iter().find(|(known, _)| *known == kind);
        match known.map(|(_, list)| list) {
            Some(Ok(list)) => Ok(list),
            Some(Err(missing)) => Err(missing.clone()),
            None => Ok(&[]),
        }
    }
}

/// What the names in an expression stand for while one thing is judged.
#[derive(Debug)]
pub(super) struct Scope<'v> {
    pub(super) view: &'v View<'v>,
    pub(super) lists: &'v Lists<'v>,
    pub(super) root: &'static str,
    pub(super) subject: Thing<'v>,
    pub(super) parameters: &'v [Parameter],
}

impl VariableResolver for Scope<'_> {
    fn resolve<'b>(&'b self, variable: &str) -> Option<CowVal<'b, 'b>> {
        match variable {
            STEP => self.view.step(1).then_some(CowVal::Borrowed(&STEPPED)),
            "cluster" => Some(CowVal::owned(Cluster { lists: self.lists })),
            "params" => Some(CowVal::owned(Parameters(self.parameters))),
            _ if variable == self.root => Some(CowVal::owned(Entity { view: self.view, thing: self.subject })),
            _ => None,
        }
    }
}

/// A thing of the design.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entity<'v> {
    view: &'v View<'v>,
    thing: Thing<'v>,
}

/// The design as a whole.
#[derive(Debug, Clone, Copy)]
struct Cluster<'v> {
    lists: &'v Lists<'v>,
}

/// The parameters of the rule.
#[derive(Debug, Clone, Copy)]
struct Parameters<'v>(&'v [Parameter]);

/// A list of things.
#[derive(Debug, Clone)]
enum Things<'v> {
    All(&'v [Entity<'v>]),
    Some(Arc<[Entity<'v>]>),
}

impl<'v> Things<'v> {
    fn entities(&self) -> &[Entity<'v>] {
        match self {
            Self::All(entities) => entities,
            Self::Some(entities) => entities,
        }
    }
}

fn unknown(name: &str) -> ExecutionError {
    // Unreachable from a checked expression.
    ExecutionError::function_error("field", format!("there is no field {name}"))
}

/// The name that is asked for, and whether only its presence is.
fn asked_name(index: &dyn Val) -> Result<(String, bool), ExecutionError> {
    let name = index.downcast_ref::<CelString>().map(CelString::inner).ok_or_else(|| unknown("of that type"))?;
    Ok(name.strip_prefix(ASKED).map_or_else(|| (name.to_owned(), false), |name| (name.to_owned(), true)))
}

/// What a field of a thing says.
fn field<'v>(view: &'v View<'v>, thing: Thing<'v>, name: &str, asked: bool) -> Result<Data<'v>, ExecutionError> {
    let fact = thing.read(view.topology, name).ok_or_else(|| unknown(name))?;
    fact.value.map_err(|path| missing(view, path, asked))
}

fn missing(view: &View<'_>, path: String, asked: bool) -> ExecutionError {
    if !asked {
        view.note_missing(&path);
    }
    ExecutionError::NoSuchKey(Arc::new(path))
}

/// A field's value for CEL: a number comes in the unit that the field's name states.
fn value<'b, 'v: 'b>(view: &'v View<'v>, name: &str, data: Data<'v>) -> CowVal<'b, 'v> {
    let in_unit = |number: f64| match unit::ending(name) {
        Some(ending) => ending.of_base(number),
        None => number,
    };
    let entity = |thing: Thing<'v>| Entity { view, thing };
    match data {
        Data::Bool(answer) => CowVal::owned(CelBool::from(answer)),
        Data::Number(number) => CowVal::owned(CelDouble::from(in_unit(number))),
        Data::Text(text) => CowVal::owned(CelString::from(text)),
        Data::Texts(texts) => list(texts.into_iter().map(|text| Box::new(CelString::from(text)) as Box<dyn Val + 'v>)),
        Data::Numbers(numbers) => {
            list(numbers.into_iter().map(|number| Box::new(CelDouble::from(number)) as Box<dyn Val + 'v>))
        }
        Data::Thing(thing) => CowVal::owned(entity(thing)),
        Data::Things(things) => {
            view.step(things.len() as u64);
            CowVal::owned(Things::Some(things.into_iter().map(entity).collect()))
        }
        Data::All(_) => CowVal::owned(Things::All(&[])),
    }
}

fn list<'b, 'v: 'b>(items: impl std::iter::Iterator<Item = Box<dyn Val + 'v>>) -> CowVal<'b, 'v> {
    CowVal::owned(CelList::from(items.collect::<Vec<_>>()))
}

macro_rules! val {
    ($type:ident, $cel:expr) => {
        impl Val for $type<'_> {
            fn get_type(&self) -> &Type {
                $cel
            }

            fn cel_type() -> &'static Type {
                $cel
            }

            fn as_indexer<'b, 'v>(&'b self) -> Option<&'b (dyn Indexer + 'v)>
            where
                Self: 'v,
            {
                Some(self)
            }

            fn clone_as_boxed<'v>(&self) -> Box<dyn Val + 'v>
            where
                Self: 'v,
            {
                Box::new(self.clone())
            }
        }
    };
}

val!(Entity, &THING);
val!(Cluster, &THING);
val!(Parameters, &THING);

macro_rules! steal {
    () => {
        fn steal<'v>(self: Box<Self>, index: &dyn Val) -> Result<Box<dyn Val + 'v>, ExecutionError>
        where
            Self: 'v,
        {
            self.get(index).map(CowVal::into_owned)
        }
    };
}

impl Indexer for Entity<'_> {
    fn get<'b, 'v>(&'b self, index: &dyn Val) -> Result<CowVal<'b, 'v>, ExecutionError>
    where
        Self: 'v,
    {
        let (name, asked) = asked_name(index)?;
        let data = field(self.view, self.thing, &name, asked)?;
        Ok(value(self.view, &name, data))
    }

    steal!();
}

impl Indexer for Cluster<'_> {
    fn get<'b, 'v>(&'b self, index: &dyn Val) -> Result<CowVal<'b, 'v>, ExecutionError>
    where
        Self: 'v,
    {
        let (name, asked) = asked_name(index)?;
        let view = self.lists.view;
        match field(view, Thing::Cluster(()), &name, asked)? {
            Data::All(kind) => match self.lists.of(kind) {
                Ok(list) => Ok(CowVal::owned(Things::All(list))),
                Err(path) => Err(missing(view, path, asked)),
            },
            data => Ok(value(view, &name, data)),
        }
    }

    steal!();
}

impl Indexer for Parameters<'_> {
    fn get<'b, 'v>(&'b self, index: &dyn Val) -> Result<CowVal<'b, 'v>, ExecutionError>
    where
        Self: 'v,
    {
        let (name, _) = asked_name(index)?;
        let parameter = self.0.iter().find(|parameter| parameter.name.value == name).ok_or_else(|| unknown(&name))?;
        Ok(match &parameter.amount {
            Amount::Number(number) => CowVal::owned(CelDouble::from(*number)),
            Amount::Texts(texts) => {
                list(texts.iter().map(|text| Box::new(CelString::from(text.as_str())) as Box<dyn Val + 'v>))
            }
        })
    }

    steal!();
}

impl Val for Things<'_> {
    fn get_type(&self) -> &Type {
        &LIST_TYPE
    }

    fn cel_type() -> &'static Type {
        &LIST_TYPE
    }

    fn as_indexer<'b, 'v>(&'b self) -> Option<&'b (dyn Indexer + 'v)>
    where
        Self: 'v,
    {
        Some(self)
    }

    fn as_iterable<'b, 'v>(&'b self) -> Option<&'b (dyn Iterable + 'v)>
    where
        Self: 'v,
    {
        Some(self)
    }

    fn as_sizer(&self) -> Option<&dyn Sizer> {
        Some(self)
    }

    fn clone_as_boxed<'v>(&self) -> Box<dyn Val + 'v>
    where
        Self: 'v,
    {
        Box::new(self.clone())
    }
}

impl Sizer for Things<'_> {
    fn size(&self) -> CelInt {
        CelInt::from(i64::try_from(self.entities().len()).unwrap_or(i64::MAX))
    }
}

impl Indexer for Things<'_> {
    fn get<'b, 'v>(&'b self, index: &dyn Val) -> Result<CowVal<'b, 'v>, ExecutionError>
    where
        Self: 'v,
    {
        let place = index.downcast_ref::<CelDouble>().map(|place| *place.inner()).filter(|place| place.fract() == 0.0);
        let entity = place.filter(|place| *place >= 0.0).and_then(|place| self.entities().get(place as usize));
        let found = entity.map(|entity| CowVal::Borrowed(entity as &(dyn Val + 'v)));
        found.ok_or_else(|| ExecutionError::IndexOutOfBounds(place.map_or(cel::Value::Null, cel::Value::Float)))
    }

    steal!();
}

impl Iterable for Things<'_> {
    fn iter<'b, 'v>(&'b self) -> Box<dyn CelIterator<'b, 'v> + 'b>
    where
        Self: 'v,
    {
        Box::new(Walk { rest: self.entities().iter() })
    }
}

struct Walk<'b, 'e> {
    rest: std::slice::Iter<'b, Entity<'e>>,
}

impl<'b, 'v, 'e: 'v> CelIterator<'b, 'v> for Walk<'b, 'e> {
    fn next(&mut self) -> Option<&'b (dyn Val + 'v)> {
        self.rest.next().map(|entity| entity as &(dyn Val + 'v))
    }
}
