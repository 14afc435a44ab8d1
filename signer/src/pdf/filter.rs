//! Stream filters, with a cap on what comes out.

use std::io::{ErrorKind, Read};

use super::error::Error;
use super::object::decode_hex;

/// Parameters of one filter that matter for decoding.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Params {
    pub(crate) predictor: i64,
    pub(crate) colors: i64,
    pub(crate) bits: i64,
    pub(crate) columns: i64,
    pub(crate) early_change: bool,
}

impl Default for Params {
    fn default() -> Self {
        Self { predictor: 1, colors: 1, bits: 8, columns: 1, early_change: true }
    }
}

const TOO_LARGE: Error = Error::Limit { limit: "size of a decoded stream" };

/// Decodes one filter. Deflate data that break off or fail their checksum count as far as they go, and are told of in
/// `flawed`: other readers take them, some do not.
pub(crate) fn decode(
    name: &[u8],
    data: &[u8],
    params: Params,
    cap: usize,
    flawed: &mut bool,
) -> Result<Vec<u8>, Error> {
    match name {
        b"FlateDecode" | b"Fl" => {
            let data = inflate(data, cap, flawed)?;
            unpredict(data, params, flawed)
        }
        b"LZWDecode" | b"LZW" => unpredict(lzw(data, params.early_change, cap)?, params, flawed),
        b"ASCIIHexDecode" | b"AHx" => {
            let end = data.iter().position(|byte| *byte == b'>').unwrap_or(data.len());
            Ok(decode_hex(&data[..end]))
        }
        b"ASCII85Decode" | b"A85" => ascii85(data, cap),
        b"RunLengthDecode" | b"RL" => run_length(data, cap),
        _ => Err(Error::Filter("unsupported filter")),
    }
}

fn inflate(data: &[u8], cap: usize, flawed: &mut bool) -> Result<Vec<u8>, Error> {
    let mut out = Vec::with_capacity(data.len().saturating_mul(3).min(cap).min(1 << 20));
    let limit = u64::try_from(cap).unwrap_or(u64::MAX).saturating_add(1);
    let mut result = flate2::read::ZlibDecoder::new(data).take(limit).read_to_end(&mut out);
    if let (Err(error), Some(bare)) = (&result, without_zlib_header(data))
        && error.kind() != ErrorKind::UnexpectedEof
    {
        // Is it the checksum alone? What came out last before it is lost with the error.
        out.clear();
        result = flate2::read::DeflateDecoder::new(bare).take(limit).read_to_end(&mut out);
        *flawed |= result.is_ok();
    }
    if out.len() > cap {
        return Err(TOO_LARGE);
    }
    match result {
        Ok(_) => Ok(out),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof && !out.is_empty() => {
            *flawed = true;
            Ok(out)
        }
        Err(_) => Err(Error::Filter("corrupt deflate data")),
    }
}

/// What follows the header of zlib data (RFC 1950, 2.2); none where they have no such header.
fn without_zlib_header(data: &[u8]) -> Option<&[u8]> {
    let (header, bare) = data.split_first_chunk::<2>()?;
    let [method, flags] = *header;
    let preset_dictionary = flags & 0x20 != 0;
    (method & 0x0F == 8 && u16::from_be_bytes(*header) % 31 == 0 && !preset_dictionary).then_some(bare)
}

fn unpredict(data: Vec<u8>, params: Params, flawed: &mut bool) -> Result<Vec<u8>, Error> {
    if params.predictor <= 1 {
        return Ok(data);
    }
    let bad = Error::Filter("predictor parameters out of range");
    let in_range = (1..=32).contains(&params.colors)
        && matches!(params.bits, 1 | 2 | 4 | 8 | 16)
        && (1..=1 << 24).contains(&params.columns);
    if !in_range {
        return Err(bad);
    }
    let bits = usize::try_from(params.colors * params.bits).map_err(|_| bad.clone())?;
    let columns = usize::try_from(params.columns).map_err(|_| bad.clone())?;
    let pixel = bits.div_ceil(8);
    let row = (bits * columns).div_ceil(8);
    match params.predictor {
        2 if params.bits == 8 => Ok(tiff(data, row, pixel)),
        2 => Err(Error::Filter("TIFF predictor with other than 8 bits")),
        10..=15 => Ok(png(&data, row, pixel, flawed)),
        _ => Err(bad),
    }
}

fn tiff(mut data: Vec<u8>, row: usize, pixel: usize) -> Vec<u8> {
    for line in data.chunks_mut(row) {
        for at in pixel..line.len() {
            line[at] = line[at].wrapping_add(line[at - pixel]);
        }
    }
    data
}

fn png(data: &[u8], row: usize, pixel: usize, flawed: &mut bool) -> Vec<u8> {
    let mut out: Vec<u8> = Vec::with_capacity(data.len());
    let zeros = vec![0_u8; row];
    for line in data.chunks(row + 1) {
        let (kind, line) = (line[0], &line[1..]);
        let start = out.len();
        out.extend_from_slice(line);
        let (before, current) = out.split_at_mut(start);
        let above = if start >= row { &before[start - row..] } else { &zeros[..] };
        match kind {
            0 => {}
            1 => {
                for at in pixel..current.len() {
                    current[at] = current[at].wrapping_add(current[at - pixel]);
                }
            }
            2 => {
                for (byte, up) in current.iter_mut().zip(above) {
                    *byte = byte.wrapping_add(*up);
                }
            }
            3 => {
                for at in 0..current.len() {
                    let left = if at >= pixel { current[at - pixel] } else { 0 };
                    current[at] = current[at].wrapping_add(left.midpoint(above[at]));
                }
            }
            4 => {
                for at in 0..current.len() {
                    let (left, corner) =
                        if at >= pixel { (current[at - pixel], above[at - pixel]) } else { (0, 0) };
                    current[at] = current[at].wrapping_add(paeth(left, above[at], corner));
                }
            }
            // Others take the row as it stands.
            _ => *flawed = true,
        }
    }
    out
}

fn paeth(left: u8, up: u8, corner: u8) -> u8 {
    let estimate = i16::from(left) + i16::from(up) - i16::from(corner);
    let distance = |value: u8| (estimate - i16::from(value)).abs();
    if distance(left) <= distance(up) && distance(left) <= distance(corner) {
        left
    } else if distance(up) <= distance(corner) {
        up
    } else {
        corner
    }
}

fn ascii85(data: &[u8], cap: usize) -> Result<Vec<u8>, Error> {
    let mut out = Vec::with_capacity(data.len() / 5 * 4 + 4);
    let (mut group, mut count) = (0_u32, 0_usize);
    for &byte in data {
        match byte {
            b'z' if count == 0 => out.extend_from_slice(&[0; 4]),
            b'!'..=b'u' => {
                group = group
                    .checked_mul(85)
                    .and_then(|value| value.checked_add(u32::from(byte - b'!')))
                    .ok_or(Error::Filter("ASCII85 group out of range"))?;
                count += 1;
                if count == 5 {
                    out.extend_from_slice(&group.to_be_bytes());
                    (group, count) = (0, 0);
                }
            }
            b'~' => break,
            _ if super::lexer::is_white(byte) => {}
            _ => return Err(Error::Filter("byte outside ASCII85")),
        }
        if out.len() > cap {
            return Err(TOO_LARGE);
        }
    }
    if count > 1 {
        for _ in count..5 {
            group = group.saturating_mul(85).saturating_add(84);
        }
        out.extend_from_slice(&group.to_be_bytes()[..count - 1]);
    }
    Ok(out)
}

fn run_length(data: &[u8], cap: usize) -> Result<Vec<u8>, Error> {
    let mut out = Vec::new();
    let mut rest = data;
    while let Some((&length, tail)) = rest.split_first() {
        match length {
            0..=127 => {
                let count = (usize::from(length) + 1).min(tail.len());
                out.extend_from_slice(&tail[..count]);
                rest = &tail[count..];
            }
            128 => break,
            129..=255 => {
                let Some((&byte, tail)) = tail.split_first() else { break };
                out.resize(out.len() + 257 - usize::from(length), byte);
                rest = tail;
            }
        }
        if out.len() > cap {
            return Err(TOO_LARGE);
        }
    }
    Ok(out)
}

/// LZW with codes of 9 to 12 bits, most significant bit first (ISO 32000-1 7.4.4).
fn lzw(data: &[u8], early_change: bool, cap: usize) -> Result<Vec<u8>, Error> {
    const CLEAR: usize = 256;
    const END: usize = 257;
    let early = usize::from(early_change);
    // Each code is a slice of the output: where it began and how long it is.
    let mut table: Vec<(usize, usize)> = Vec::new();
    let mut out: Vec<u8> = Vec::new();
    let mut previous: Option<(usize, usize)> = None;
    let (mut bits, mut have, mut width) = (0_u32, 0_u32, 9_u32);
    for &byte in data {
        bits = bits << 8 | u32::from(byte);
        have += 8;
        if have < width {
            continue;
        }
        have -= width;
        let code = usize::try_from(bits >> have & ((1 << width) - 1)).unwrap_or(END);
        bits &= (1 << have) - 1;
        if code == CLEAR {
            table.clear();
            previous = None;
            width = 9;
            continue;
        }
        if code == END {
            break;
        }
        let start = out.len();
        match code {
            0..=255 => out.push(u8::try_from(code).unwrap_or_default()),
            _ => {
                let (from, length) = match table.get(code - 258) {
                    Some(entry) => *entry,
                    None if code - 258 == table.len() => {
                        let (from, length) = previous.ok_or(Error::Filter("corrupt LZW data"))?;
                        (from, length + 1)
                    }
                    None => return Err(Error::Filter("corrupt LZW data")),
                };
                for at in from..from + length {
                    let byte = *out.get(at).ok_or(Error::Filter("corrupt LZW data"))?;
                    out.push(byte);
                }
            }
        }
        if out.len() > cap {
            return Err(TOO_LARGE);
        }
        if let Some((from, length)) = previous
            && table.len() < 4096 - 258
        {
            // The earlier string plus one byte: in the output that byte follows it.
            table.push((from, length + 1));
        }
        previous = Some((start, out.len() - start));
        width = match table.len() + 258 + 1 + early {
            0..=512 => 9,
            513..=1024 => 10,
            1025..=2048 => 11,
            _ => 12,
        };
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn deflate(data: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    fn decode(name: &[u8], data: &[u8], params: Params, cap: usize) -> Result<Vec<u8>, Error> {
        let mut flawed = false;
        let decoded = super::decode(name, data, params, cap, &mut flawed);
        assert!(!flawed);
        decoded
    }

    #[test]
    fn deflate_data_that_break_off_or_fail_their_checksum_count_and_are_told_of() {
        let text = b"Kinh gui ".repeat(2_000);
        let packed = deflate(&text);
        let read = |packed: &[u8]| {
            let mut flawed = false;
            (super::decode(b"Fl", packed, Params::default(), 1 << 20, &mut flawed), flawed)
        };
        assert_eq!(read(&packed), (Ok(text.clone()), false));
        for without in 1..=4 {
            assert_eq!(
                read(&packed[..packed.len() - without]),
                (Ok(text.clone()), true),
                "{without} bytes less"
            );
        }
        let mut wrong = packed.clone();
        *wrong.last_mut().unwrap() ^= 1;
        assert_eq!(read(&wrong), (Ok(text.clone()), true));
        let (half, flawed) = read(&packed[..packed.len() / 2]);
        assert!(flawed && text.starts_with(&half.unwrap()));
        // A checksum excuses nothing else.
        let mut broken = packed.clone();
        broken[2..8].fill(0xFF);
        assert_eq!(read(&broken), (Err(Error::Filter("corrupt deflate data")), false));
        wrong[0] ^= 1;
        assert_eq!(read(&wrong), (Err(Error::Filter("corrupt deflate data")), false), "no header of zlib");
        // The cap holds here, too.
        let mut bomb = deflate(&vec![0_u8; 1 << 20]);
        *bomb.last_mut().unwrap() ^= 1;
        let mut flawed = false;
        let decoded = super::decode(b"Fl", &bomb, Params::default(), 1 << 16, &mut flawed);
        assert_eq!(decoded.unwrap_err(), TOO_LARGE);
    }

    #[test]
    fn a_bomb_stops_at_the_cap() {
        let packed = deflate(&vec![0_u8; 1 << 20]);
        assert_eq!(decode(b"FlateDecode", &packed, Params::default(), 1 << 16).unwrap_err(), TOO_LARGE);
        assert_eq!(decode(b"FlateDecode", &packed, Params::default(), 1 << 20).unwrap().len(), 1 << 20);
    }

    #[test]
    fn png_up_predictor_adds_the_row_above() {
        let params = Params { predictor: 12, columns: 3, ..Params::default() };
        let packed = deflate(&[2, 1, 2, 3, 2, 1, 1, 1]);
        assert_eq!(decode(b"Fl", &packed, params, 100).unwrap(), [1, 2, 3, 2, 3, 4]);
    }

    #[test]
    fn ascii_filters_decode() {
        let params = Params::default();
        assert_eq!(decode(b"AHx", b"48 65 6c>zz", params, 100).unwrap(), b"Hel");
        assert_eq!(decode(b"A85", b"87cURD]i,\"Ebo80~>", params, 100).unwrap(), b"Hello World!");
        assert_eq!(decode(b"RL", &[2, 1, 2, 3, 254, 9, 128], params, 100).unwrap(), [1, 2, 3, 9, 9, 9]);
    }

    #[test]
    fn the_standards_lzw_example_decodes() {
        // ISO 32000-1 7.4.4.2, example 1.
        let packed = [0x80, 0x0B, 0x60, 0x50, 0x22, 0x0C, 0x0C, 0x85, 0x01];
        let out = decode(b"LZW", &packed, Params::default(), 100).unwrap();
        assert_eq!(out, [45, 45, 45, 45, 45, 65, 45, 45, 45, 66]);
    }

    #[test]
    fn a_row_of_an_unknown_predictor_stands_as_it_is_and_is_noticed() {
        let params = Params { predictor: 12, columns: 2, ..Params::default() };
        let mut flawed = false;
        let out = super::decode(b"Fl", &deflate(&[2, 1, 2, 9, 5, 6, 2, 1, 1]), params, 100, &mut flawed);
        assert_eq!((out.unwrap(), flawed), (vec![1, 2, 5, 6, 6, 7], true));
    }

    #[test]
    fn corrupt_data_are_errors() {
        for name in [&b"Fl"[..], b"LZW", b"A85", b"RL", b"DCTDecode"] {
            let _ = decode(name, &[0xFF; 64], Params::default(), 1000);
        }
        assert!(decode(b"Fl", b"nonsense", Params::default(), 1000).is_err());
        assert!(
            decode(b"Fl", &deflate(b"x"), Params { predictor: 12, columns: 0, ..Params::default() }, 9)
                .is_err()
        );
    }
}
