//! Boxes in boxes (ISO 14496-12).

use std::ops::ControlFlow;

use super::super::{be, bytes_at};
use crate::{ByteSource, Result};

/// What is read of the content of one box.
pub(super) const MAX_BYTES: usize = 64 << 10;

/// The place of a box's content.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) start: u64,
    pub(super) end: u64,
    /// Where it claims to end, which may be beyond that around it.
    pub(super) claimed: u64,
}

/// Looks into boxes, so many of them and no more.
pub(super) struct Boxes<'a> {
    pub(super) source: &'a dyn ByteSource,
    pub(super) left: usize,
}

impl Boxes<'_> {
    /// Shows each box of one place, until told to stop.
    pub(super) fn each(
        &mut self,
        place: Place,
        mut seen: impl FnMut([u8; 4], Place) -> ControlFlow<()>,
    ) -> Result<()> {
        let mut at = place.start;
        while self.left > 0 && at.saturating_add(8) <= place.end {
            self.left -= 1;
            let head = bytes_at(self.source, at, 16, 16)?;
            let (Some(size), Some(name)) = (be(&head, 0, 4), be(&head, 4, 4)) else { break };
            let (header, size) = match size {
                0 => (8, place.end - at),
                1 => (16, be(&head, 8, 8).unwrap_or(0)),
                size => (8, size),
            };
            if size < header {
                break;
            }
            let claimed = at.saturating_add(size);
            let end = claimed.min(place.end);
            let inner = Place { start: (at + header).min(end), end, claimed };
            if seen((name as u32).to_be_bytes(), inner).is_break() {
                break;
            }
            at = claimed;
        }
        Ok(())
    }

    /// The first box of a name.
    pub(super) fn first(&mut self, place: Place, name: &[u8; 4]) -> Result<Option<Place>> {
        let mut found = None;
        self.each(place, |other, place| {
            if other != *name {
                return ControlFlow::Continue(());
            }
            found = Some(place);
            ControlFlow::Break(())
        })?;
        Ok(found)
    }

    /// The box at the end of a path of names.
    pub(super) fn at(&mut self, mut place: Place, path: &[&[u8; 4]]) -> Result<Option<Place>> {
        for name in path {
            match self.first(place, name)? {
                Some(inner) => place = inner,
                None => return Ok(None),
            }
        }
        Ok(Some(place))
    }

    /// The content of a box, as far as it is read.
    pub(super) fn bytes(&self, place: Option<Place>) -> Result<Vec<u8>> {
        self.up_to(place, MAX_BYTES)
    }

    /// Up to so many bytes of the content of a box.
    pub(super) fn up_to(&self, place: Option<Place>, most: usize) -> Result<Vec<u8>> {
        match place {
            Some(place) => bytes_at(self.source, place.start, place.end - place.start, most),
            None => Ok(Vec::new()),
        }
    }
}

/// The content of the first box of a name among boxes that were read.
pub(super) fn child<'a>(mut boxes: &'a [u8], name: &[u8; 4]) -> Option<&'a [u8]> {
    loop {
        let size = usize::try_from(be(boxes, 0, 4)?).ok()?;
        let found = boxes.get(8..size)?;
        if boxes.get(4..8)? == name {
            return Some(found);
        }
        boxes = &boxes[size..];
    }
}
