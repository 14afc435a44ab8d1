//! Images for the demo, drawn: a blue signature, a red seal; transparent, as NĐ 30/2020 Phụ lục I wants them.

use proto::fault::Fault;

use super::draw::Draw;

/// Width and height of the seal's image in pixels: 36 mm at 300 dpi, about.
const SEAL: usize = 424;
/// Width of a signature's image in pixels.
const SIGNATURE_WIDTH: usize = 480;
/// Height of a signature's image in pixels.
const SIGNATURE_HEIGHT: usize = 240;

/// A canvas of one colour whose cover is drawn.
struct Canvas {
    width: usize,
    height: usize,
    cover: Vec<u8>,
}

impl Canvas {
    fn new(width: usize, height: usize) -> Self {
        Self { width, height, cover: vec![0; width * height] }
    }

    /// Covers every point by `amount(x, y)` from 0 to 1, the strongest winning.
    fn shade(&mut self, amount: impl Fn(f64, f64) -> f64) {
        for y in 0..self.height {
            for x in 0..self.width {
                #[expect(clippy::cast_precision_loss, reason = "pixels of a small image")]
                let value = amount(x as f64 + 0.5, y as f64 + 0.5).clamp(0.0, 1.0);
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 255")]
                let value = (value * 255.0) as u8;
                if let Some(cell) = self.cover.get_mut(y * self.width + x) {
                    *cell = (*cell).max(value);
                }
            }
        }
    }

    /// A round stroke from one point to another.
    fn stroke(&mut self, from: (f64, f64), to: (f64, f64), half_width: f64) {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = (dx * dx + dy * dy).max(1e-6);
        self.shade(|x, y| {
            let along = (((x - from.0) * dx + (y - from.1) * dy) / length).clamp(0.0, 1.0);
            let (px, py) = (from.0 + along * dx, from.1 + along * dy);
            half_width + 0.5 - ((x - px).powi(2) + (y - py).powi(2)).sqrt()
        });
    }

    fn png(&self, [r, g, b]: [u8; 3]) -> Result<Vec<u8>, Fault> {
        let rgba: Vec<u8> = self.cover.iter().flat_map(|a| [r, g, b, *a]).collect();
        let mut out = Vec::new();
        let size = |n: usize| u32::try_from(n).map_err(Fault::broken);
        let mut encoder = png::Encoder::new(&mut out, size(self.width)?, size(self.height)?);
        encoder.set_color(png::ColorType::Rgba);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header().map_err(Fault::broken)?;
        writer.write_image_data(&rgba).map_err(Fault::broken)?;
        writer.finish().map_err(Fault::broken)?;
        Ok(out)
    }
}

/// A red round seal: two rings, a star, and strokes where real seals have their words.
pub(super) fn seal() -> Result<Vec<u8>, Fault> {
    let mut canvas = Canvas::new(SEAL, SEAL);
    let middle = 212.0;
    let ring = |radius: f64, half: f64| {
        move |x: f64, y: f64| {
            half + 0.5 - (((x - middle).powi(2) + (y - middle).powi(2)).sqrt() - radius).abs()
        }
    };
    canvas.shade(ring(205.0, 3.5));
    canvas.shade(ring(194.0, 1.0));
    canvas.shade(ring(122.0, 1.5));
    let turn = std::f64::consts::TAU;
    let point = |radius: f64, part: f64| {
        let angle = part * turn - turn / 4.0;
        (middle + radius * angle.cos(), middle + radius * angle.sin())
    };
    for i in 0..5_u32 {
        let at = f64::from(i) / 5.0;
        canvas.stroke(point(78.0, at), point(78.0, at + 0.4), 4.0);
    }
    for i in 0..40_u32 {
        let at = f64::from(i) / 40.0;
        let tall = if i % 3 == 0 { 176.0 } else { 168.0 };
        canvas.stroke(point(142.0, at), point(tall, at + 0.004), 2.6);
    }
    canvas.png([200, 16, 30])
}

/// A blue hand, its own for each seed.
pub(super) fn signature(seed: u64) -> Result<Vec<u8>, Fault> {
    let mut draw = Draw::new(seed);
    let mut canvas = Canvas::new(SIGNATURE_WIDTH, SIGNATURE_HEIGHT);
    let mut coordinate = |low: u32, span: u32| {
        f64::from(low) + f64::from(u32::try_from(draw.below(span as usize)).unwrap_or(0))
    };
    let mut from = (coordinate(40, 40), coordinate(90, 60));
    for _ in 0..5 {
        let over = (from.0 + coordinate(10, 60), coordinate(20, 60));
        let under = (over.0 + coordinate(0, 50), coordinate(150, 60));
        let to = ((under.0 + coordinate(10, 40)).min(430.0), coordinate(80, 60));
        let mut last = from;
        for step in 1..=16_u32 {
            let t = f64::from(step) / 16.0;
            let u = 1.0 - t;
            let at = |a: f64, b: f64, c: f64, d: f64| {
                u * u * u * a + 3.0 * u * u * t * b + 3.0 * u * t * t * c + t * t * t * d
            };
            let next = (at(from.0, over.0, under.0, to.0), at(from.1, over.1, under.1, to.1));
            canvas.stroke(last, next, 2.2);
            last = next;
        }
        from = to;
    }
    canvas.stroke((60.0, 205.0), (from.0.max(300.0), 190.0), 1.8);
    canvas.png([20, 50, 160])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_what_the_signer_takes() {
        for png in [seal().unwrap(), signature(1).unwrap(), signature(2).unwrap()] {
            let image = signer::sign::Image::from_png(&png).unwrap();
            assert!(image.size().0 > 100);
        }
        assert_ne!(signature(1).unwrap(), signature(2).unwrap());
    }
}
