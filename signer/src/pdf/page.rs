//! Pages: found in the tree, with what they inherit, and the way from what a person sees to user space.

use std::collections::HashSet;

use super::error::Error;
use super::limits::{ANNOTATION_PAGES_MAX, TREE_DEPTH_MAX, TREE_NODES_MAX};
use super::object::{Dict, Object, Ref};
use super::view::View;

/// A rectangle: left, bottom, right, top.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rect {
    /// Left edge.
    pub x0: f64,
    /// Lower edge.
    pub y0: f64,
    /// Right edge.
    pub x1: f64,
    /// Upper edge.
    pub y1: f64,
}

impl Rect {
    /// From any two opposite corners.
    pub fn from_corners(a: (f64, f64), b: (f64, f64)) -> Self {
        Self { x0: a.0.min(b.0), y0: a.1.min(b.1), x1: a.0.max(b.0), y1: a.1.max(b.1) }
    }

    /// Its width.
    pub fn width(&self) -> f64 {
        self.x1 - self.x0
    }

    /// Its height.
    pub fn height(&self) -> f64 {
        self.y1 - self.y0
    }

    fn intersection(&self, other: &Self) -> Option<Self> {
        let rect = Self {
            x0: self.x0.max(other.x0),
            y0: self.y0.max(other.y0),
            x1: self.x1.min(other.x1),
            y1: self.y1.min(other.y1),
        };
        (rect.width() > 0.0 && rect.height() > 0.0).then_some(rect)
    }
}

/// US Letter, what readers take where no media box is given.
const DEFAULT_MEDIA_BOX: Rect = Rect { x0: 0.0, y0: 0.0, x1: 612.0, y1: 792.0 };

/// A page with its inherited attributes.
#[derive(Debug, Clone)]
pub struct Page {
    /// The page object.
    pub id: Ref,
    /// Its dictionary.
    pub dict: Dict,
    /// What is displayed, in user space: the crop box within the media box.
    pub visible: Rect,
    /// Clockwise turn when displayed: 0, 90, 180 or 270 degrees.
    pub rotate: u16,
    /// Size of a unit of user space in points.
    pub user_unit: f64,
}

impl Page {
    /// Width and height in points as displayed.
    pub fn displayed_size(&self) -> (f64, f64) {
        let (width, height) = (self.visible.width() * self.user_unit, self.visible.height() * self.user_unit);
        if self.rotate.is_multiple_of(180) { (width, height) } else { (height, width) }
    }

    /// From points, counted from the lower left of the page as displayed, to user space.
    pub fn to_user_space(&self, displayed: &Rect) -> Rect {
        let corner = |x: f64, y: f64| {
            let (x, y) = (x / self.user_unit, y / self.user_unit);
            match self.rotate {
                90 => (self.visible.x1 - y, self.visible.y0 + x),
                180 => (self.visible.x1 - x, self.visible.y1 - y),
                270 => (self.visible.x0 + y, self.visible.y1 - x),
                _ => (self.visible.x0 + x, self.visible.y0 + y),
            }
        };
        Rect::from_corners(corner(displayed.x0, displayed.y0), corner(displayed.x1, displayed.y1))
    }

    /// The matrix that keeps an appearance upright on this page.
    pub fn upright(&self) -> [i8; 6] {
        match self.rotate {
            90 => [0, 1, -1, 0, 0, 0],
            180 => [-1, 0, 0, -1, 0, 0],
            270 => [0, -1, 1, 0, 0, 0],
            _ => [1, 0, 0, 1, 0, 0],
        }
    }
}

#[derive(Clone, Default)]
struct Inherited {
    media_box: Option<Rect>,
    crop_box: Option<Rect>,
    rotate: Option<i64>,
}

impl View<'_> {
    /// The page of this number, from 1; none when there are fewer.
    ///
    /// # Errors
    /// When the page tree cannot be read.
    pub fn page(self, number: usize) -> Result<Option<Page>, Error> {
        if number == 0 {
            return Ok(None);
        }
        // Counts let whole branches be skipped; where they lie, the tree is walked leaf by leaf.
        match self.find_page(number, true)? {
            Some(page) => Ok(Some(page)),
            None => self.find_page(number, false),
        }
    }

    /// How many pages there are, by walking the tree.
    ///
    /// # Errors
    /// When the page tree cannot be read.
    pub fn page_count(self) -> Result<usize, Error> {
        let mut walk = Walk::new(self);
        walk.leaves(false, usize::MAX)?;
        Ok(walk.passed)
    }

    /// The page that is this object, with what it inherits; none when it is no page.
    ///
    /// # Errors
    /// When it or what is above it cannot be read.
    pub fn page_at(self, id: Ref) -> Result<Option<Page>, Error> {
        let Object::Dict(dict) = self.get(id)? else { return Ok(None) };
        let walk = Walk::new(self);
        let mut inherited = Inherited::default();
        let mut node = dict.clone();
        let mut chain = vec![];
        for _ in 0..TREE_DEPTH_MAX {
            let parent = self.value(&node, b"Parent")?;
            chain.push(node);
            let Object::Dict(parent) = parent else { break };
            node = parent;
        }
        for node in chain.iter().rev() {
            walk.inherit(node, &mut inherited)?;
        }
        walk.finish(id, dict, &inherited).map(Some)
    }

    /// The page on which an annotation is listed.
    ///
    /// # Errors
    /// When the page tree cannot be read.
    pub fn page_with_annotation(self, annotation: Ref) -> Result<Option<Page>, Error> {
        let mut number = 1;
        while let Some(page) = self.page(number)? {
            if let Object::Array(annotations) = self.value(&page.dict, b"Annots")?
                && annotations.iter().any(|item| item.as_ref() == Some(annotation))
            {
                return Ok(Some(page));
            }
            number += 1;
            if number > ANNOTATION_PAGES_MAX {
                break;
            }
        }
        Ok(None)
    }

    fn find_page(self, number: usize, trust_counts: bool) -> Result<Option<Page>, Error> {
        Walk::new(self).leaves(trust_counts, number)
    }
}

struct Walk<'d> {
    view: View<'d>,
    seen: HashSet<Ref>,
    passed: usize,
}

impl<'d> Walk<'d> {
    fn new(view: View<'d>) -> Self {
        Self { view, seen: HashSet::new(), passed: 0 }
    }

    /// Walks the leaves in order up to the one of this number.
    fn leaves(&mut self, trust_counts: bool, number: usize) -> Result<Option<Page>, Error> {
        let root = self.view.root()?;
        let mut stack = match root.get(b"Pages") {
            Some(Object::Ref(pages)) => vec![(*pages, Inherited::default(), 0_usize)],
            // The standard wants a reference; other readers take it as well as it stands.
            Some(Object::Dict(pages)) => {
                let mut inherited = Inherited::default();
                self.inherit(pages, &mut inherited)?;
                self.kids_of(pages)?.into_iter().map(|kid| (kid, inherited.clone(), 1)).collect()
            }
            _ => return Err(Error::Type { what: "/Pages of the catalog", expected: "a reference" }),
        };
        while let Some((id, mut inherited, depth)) = stack.pop() {
            if !self.seen.insert(id) {
                continue;
            }
            if self.seen.len() > TREE_NODES_MAX || depth > TREE_DEPTH_MAX {
                return Err(Error::Limit { limit: "size of the page tree" });
            }
            let Object::Dict(dict) = self.view.get(id)? else { continue };
            let kids = self.view.value(&dict, b"Kids")?;
            if let (Object::Array(_), true) = (&kids, trust_counts) {
                let count = self.view.value(&dict, b"Count")?.as_integer();
                if let Some(count) = count.and_then(|count| usize::try_from(count).ok())
                    && self.passed + count < number
                {
                    self.passed += count;
                    continue;
                }
            }
            self.inherit(&dict, &mut inherited)?;
            match kids {
                Object::Array(kids) if !dict.is_name(b"Type", b"Page") => {
                    let kids = kids.iter().filter_map(Object::as_ref);
                    let mut kids: Vec<_> = kids.map(|kid| (kid, inherited.clone(), depth + 1)).collect();
                    kids.reverse();
                    stack.extend(kids);
                }
                _ => {
                    self.passed += 1;
                    if self.passed == number {
                        return self.finish(id, dict, &inherited).map(Some);
                    }
                }
            }
        }
        Ok(None)
    }

    /// The kids of a node, the last one first.
    fn kids_of(&self, dict: &Dict) -> Result<Vec<Ref>, Error> {
        let Object::Array(kids) = self.view.value(dict, b"Kids")? else { return Ok(Vec::new()) };
        let mut kids: Vec<Ref> = kids.iter().filter_map(Object::as_ref).collect();
        kids.reverse();
        Ok(kids)
    }

    fn inherit(&self, dict: &Dict, inherited: &mut Inherited) -> Result<(), Error> {
        inherited.media_box = self.rect(dict, b"MediaBox")?.or(inherited.media_box);
        inherited.crop_box = self.rect(dict, b"CropBox")?.or(inherited.crop_box);
        inherited.rotate = self.view.value(dict, b"Rotate")?.as_integer().or(inherited.rotate);
        Ok(())
    }

    fn rect(&self, dict: &Dict, key: &[u8]) -> Result<Option<Rect>, Error> {
        let Object::Array(array) = self.view.value(dict, key)? else { return Ok(None) };
        let mut numbers = [0.0; 4];
        if array.len() < 4 {
            return Ok(None);
        }
        for (number, item) in numbers.iter_mut().zip(array.iter()) {
            let Some(value) = self.view.resolve(item)?.as_number() else { return Ok(None) };
            *number = value;
        }
        Ok(Some(Rect::from_corners((numbers[0], numbers[1]), (numbers[2], numbers[3]))))
    }

    fn finish(&self, id: Ref, dict: Dict, inherited: &Inherited) -> Result<Page, Error> {
        let media = inherited
            .media_box
            .filter(|rect| rect.width() > 0.0 && rect.height() > 0.0)
            .unwrap_or(DEFAULT_MEDIA_BOX);
        // A crop box that misses the media box is ignored, as viewers do.
        let visible = inherited.crop_box.and_then(|crop| crop.intersection(&media)).unwrap_or(media);
        let rotate = inherited.rotate.unwrap_or(0).rem_euclid(360) / 90 * 90;
        let rotate = u16::try_from(rotate).unwrap_or(0);
        let user_unit =
            self.view.value(&dict, b"UserUnit")?.as_number().filter(|unit| *unit > 0.0).unwrap_or(1.0);
        Ok(Page { id, dict, visible, rotate, user_unit })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(rotate: u16) -> Page {
        Page {
            id: Ref::new(1),
            dict: Dict::empty(),
            visible: Rect { x0: 10.0, y0: 20.0, x1: 110.0, y1: 220.0 },
            rotate,
            user_unit: 1.0,
        }
    }

    #[test]
    fn boxes_follow_the_turn_of_the_page() {
        // 30 wide and 10 high at (5, 7) of the page as displayed.
        let shown = Rect { x0: 5.0, y0: 7.0, x1: 35.0, y1: 17.0 };
        let expected = [
            (0, Rect { x0: 15.0, y0: 27.0, x1: 45.0, y1: 37.0 }),
            (90, Rect { x0: 93.0, y0: 25.0, x1: 103.0, y1: 55.0 }),
            (180, Rect { x0: 75.0, y0: 203.0, x1: 105.0, y1: 213.0 }),
            (270, Rect { x0: 17.0, y0: 185.0, x1: 27.0, y1: 215.0 }),
        ];
        for (rotate, rect) in expected {
            assert_eq!(page(rotate).to_user_space(&shown), rect, "turned by {rotate}");
        }
        assert_eq!(page(0).displayed_size(), (100.0, 200.0));
        assert_eq!(page(90).displayed_size(), (200.0, 100.0));
    }
}
