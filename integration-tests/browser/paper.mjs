// Tiny PDFs, written by hand: what a stranger might send.

/** A PDF of one A4 page with `lines` of plain text (Latin letters only: no font is embedded). */
export function letter(lines) {
  const escaped = lines.map((line) => line.replace(/[\\()]/g, "\\$&"));
  const text = escaped.map((line, i) => `1 0 0 1 72 ${770 - 22 * i} Tm (${line}) Tj`).join("\n");
  const stream = `BT /F1 12 Tf\n${text}\nET`;
  return file([
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595.28 841.89] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
    `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman /Encoding /WinAnsiEncoding >>",
  ]);
}

function file(objects) {
  let out = "%PDF-1.7\n%\u00e2\u00e3\u00cf\u00d3\n";
  const at = [];
  objects.forEach((body, i) => {
    at.push(out.length);
    out += `${i + 1} 0 obj\n${body}\nendobj\n`;
  });
  const start = out.length;
  out += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n`;
  out += at.map((n) => `${String(n).padStart(10, "0")} 00000 n \n`).join("");
  out += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(out, "latin1");
}
