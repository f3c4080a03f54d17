//! What went into figures, by the names that figures give it.

use crate::words::{self, Said};

macro_rules! inputs {
    ($($name:ident)*) => {
        /// An input by its name; one that this does not know keeps it.
        pub(super) fn input(name: &str) -> Said {
            match name {
                $(stringify!($name) => words::inputs::$name(),)*
                _ => name.into(),
            }
        }

        #[cfg(test)]
        const KNOWN: &[&str] = &[$(stringify!($name)),*];
    };
}

inputs! {
    available bandwidth basis beside buffer bytes capacity ceph_reserve chunks coefficient connections copies
    detection dirty_rate disks domains downlink fill groups guests healthy installed io_size iops jitter left links
    member_rate members memory most moving needed node nodes osd_capacity osd_memory_target osds pairs parallel
    per_day pieces ports rate rated raw read round_trip servers share single size surviving switches target threads
    token uplink uplinks usable used window write write_bandwidth
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "tests read fixtures")]
mod tests {
    use std::path::Path;

    use super::{KNOWN, input};
    use crate::capacity;
    use crate::check;
    use crate::source::{Files, Loaded, Sources};
    use crate::words::{Language, Said};

    struct Disk;

    impl Files for Disk {
        fn read(&self, path: &str, from: &str) -> Result<Loaded, Said> {
            let path = Path::new(from).parent().unwrap_or(Path::new("")).join(path);
            let text = std::fs::read_to_string(&path).map_err(|error| error.to_string())?;
            Ok(Loaded { name: path.to_string_lossy().into_owned(), text })
        }
    }

    #[test]
    fn every_input_of_a_figure_has_words() {
        let folders = ["fixtures/designs", "fixtures/mistakes"];
        let files = folders.iter().flat_map(|folder| std::fs::read_dir(folder).unwrap());
        let mut seen = 0;
        for path in files.map(|entry| entry.unwrap().path()) {
            let mut sources = Sources::default();
            let root = sources.add(path.to_string_lossy(), std::fs::read_to_string(&path).unwrap());
            let reading = check::read(&mut sources, root, &Disk, Vec::new());
            let Some(topology) = check::topology(&sources, &reading).0 else { continue };
            for evidence in capacity::plan(&topology).iter().flat_map(|figure| &figure.inputs) {
                assert!(KNOWN.contains(&&*evidence.name), "{}: {}", path.display(), evidence.name);
                seen += 1;
            }
        }
        assert!(seen > 0);
    }

    #[test]
    fn the_english_of_an_input_is_its_name() {
        for name in KNOWN {
            assert_eq!(input(name).say(Language::English), *name);
        }
    }
}
