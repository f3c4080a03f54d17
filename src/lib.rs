//! rackproof checks a design of a hyper-converged Proxmox VE, Corosync and Ceph cluster before anything is bought.
//!
//! Text becomes a [`design`], the design a [`topology`], the topology a list of [`mod@parts`], [`capacity`] figures and the
//! outcomes of [`rules`]; [`check`] makes a report of them and [`mod@report`] turns it into bytes. The library never prints, exits,
//! or reads files, the environment or the clock: `src/cli` does.

pub mod acceptance;
pub mod capacity;
pub mod catalogue;
pub mod check;
pub mod cli;
pub mod compare;
pub mod crush;
pub mod design;
pub mod drawing;
pub mod failure;
pub mod language_server;
pub mod packs;
mod parallel;
pub mod parts;
pub mod quantity;
pub mod report;
pub mod rules;
pub mod settings;
pub mod source;
pub mod topology;
pub mod words;
