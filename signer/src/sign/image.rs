//! Images of signatures and seals: PNG in, image XObject with soft mask out.

use std::io::{Cursor, Write as _};

use flate2::Compression;
use flate2::write::ZlibEncoder;
use pdf_writer::{Chunk, Filter, Finish, Name, Settings};

use super::refusal::Refusal;
use crate::pdf::{Increment, Ref};

/// Most pixels an image may have; a seal of 40 mm at 1200 dpi has 3.6 million.
pub const IMAGE_PIXELS_MAX: u32 = 16_000_000;

/// An image ready to be placed; decode once, use for many files.
#[derive(Debug, Clone)]
pub struct Image {
    width: u32,
    height: u32,
    /// Deflated samples, 8 bits RGB.
    color: Vec<u8>,
    /// Deflated samples, 8 bits; none when the image is opaque.
    alpha: Option<Vec<u8>>,
}

impl Image {
    /// Reads a PNG of any colour type; transparency is kept.
    ///
    /// # Errors
    /// [`Refusal::ImageUnreadable`], [`Refusal::ImageTooLarge`].
    pub fn from_png(png: &[u8]) -> Result<Self, Refusal> {
        let unreadable = |error: png::DecodingError| Refusal::ImageUnreadable(error.to_string());
        let limits = png::Limits { bytes: 128 << 20 };
        let mut decoder = png::Decoder::new_with_limits(Cursor::new(png), limits);
        decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::STRIP_16);
        let mut reader = decoder.read_info().map_err(unreadable)?;
        let (width, height) = reader.info().size();
        if width.checked_mul(height).is_none_or(|pixels| pixels > IMAGE_PIXELS_MAX) {
            return Err(Refusal::ImageTooLarge { max: IMAGE_PIXELS_MAX });
        }
        let size = reader.output_buffer_size().ok_or(Refusal::ImageTooLarge { max: IMAGE_PIXELS_MAX })?;
        let mut samples = vec![0; size];
        let frame = reader.next_frame(&mut samples).map_err(unreadable)?;
        samples.truncate(frame.buffer_size());

        let mut color = Vec::with_capacity(samples.len());
        let mut alpha = Vec::new();
        match frame.color_type {
            png::ColorType::Rgb => color = samples,
            png::ColorType::Rgba => {
                for pixel in samples.chunks_exact(4) {
                    color.extend_from_slice(&pixel[..3]);
                    alpha.push(pixel[3]);
                }
            }
            png::ColorType::Grayscale => color.extend(samples.iter().flat_map(|gray| [*gray; 3])),
            png::ColorType::GrayscaleAlpha => {
                for pixel in samples.chunks_exact(2) {
                    color.extend_from_slice(&[pixel[0]; 3]);
                    alpha.push(pixel[1]);
                }
            }
            png::ColorType::Indexed => {
                return Err(Refusal::ImageUnreadable("palette was not expanded".to_owned()));
            }
        }
        let alpha = alpha.iter().any(|value| *value != u8::MAX).then(|| deflate(&alpha));
        Ok(Self { width, height, color: deflate(&color), alpha })
    }

    /// Width by height in pixels.
    pub fn size(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    /// Writes the image into an update.
    pub(crate) fn write(&self, increment: &mut Increment<'_>) -> Result<Ref, Refusal> {
        let mask = match &self.alpha {
            Some(alpha) => {
                let id = increment.allocate()?;
                let mut chunk = Chunk::with_settings(Settings { pretty: false });
                let mut image = chunk.image_xobject(reference(id), alpha);
                image.filter(Filter::FlateDecode);
                image.width(dimension(self.width)).height(dimension(self.height));
                image.color_space().device_gray();
                image.bits_per_component(8);
                image.finish();
                increment.put_chunk(&chunk)?;
                Some(id)
            }
            None => None,
        };
        let id = increment.allocate()?;
        let mut chunk = Chunk::with_settings(Settings { pretty: false });
        let mut image = chunk.image_xobject(reference(id), &self.color);
        image.filter(Filter::FlateDecode);
        image.width(dimension(self.width)).height(dimension(self.height));
        image.color_space_name(Name(b"DeviceRGB"));
        image.bits_per_component(8);
        if let Some(mask) = mask {
            image.s_mask(reference(mask));
        }
        image.finish();
        increment.put_chunk(&chunk)?;
        Ok(id)
    }
}

fn dimension(pixels: u32) -> i32 {
    i32::try_from(pixels).unwrap_or(i32::MAX)
}

/// The same number for pdf-writer; ours stay far below its limit.
pub(crate) fn reference(id: Ref) -> pdf_writer::Ref {
    pdf_writer::Ref::new(i32::try_from(id.number).unwrap_or(i32::MAX))
}

pub(crate) fn deflate(data: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    // Writing to memory cannot fail.
    let written = encoder.write_all(data).and_then(|()| encoder.finish());
    written.unwrap_or_default()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A small PNG: a filled square with a transparent border.
    pub(crate) fn square(rgb: [u8; 3]) -> Vec<u8> {
        let side = 16_u32;
        let mut samples = Vec::new();
        for y in 0..side {
            for x in 0..side {
                let inside = (2..side - 2).contains(&x) && (2..side - 2).contains(&y);
                samples.extend_from_slice(&rgb);
                samples.push(if inside { 255 } else { 0 });
            }
        }
        let mut out = Vec::new();
        let mut encoder = png::Encoder::new(&mut out, side, side);
        encoder.set_color(png::ColorType::Rgba);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.write_header().unwrap().write_image_data(&samples).unwrap();
        out
    }

    #[test]
    fn transparency_becomes_a_soft_mask() {
        let image = Image::from_png(&square([0, 0, 255])).unwrap();
        assert_eq!(image.size(), (16, 16));
        assert!(image.alpha.is_some());
    }

    #[test]
    fn what_is_no_png_is_refused() {
        assert_eq!(Image::from_png(b"GIF89a").unwrap_err().code(), "image_unreadable");
        let png = square([1, 2, 3]);
        assert_eq!(Image::from_png(&png[..png.len() / 2]).unwrap_err().code(), "image_unreadable");
    }
}
