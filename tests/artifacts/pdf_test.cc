#include "artifacts/pdf.h"

#include "artifacts/made_artifact.h"

using keywake::artifacts::Format;

namespace {

// A document with a page in a font that has a ToUnicode map, one in pieces, a form inside the second page, a link, a field and an attachment;
// `after` may run qpdf on "out".
std::string document(const std::string& after = "") {
  return made::by_python(R"py(
import subprocess, zlib
objects = []
def add(body):
    objects.append(body if isinstance(body, bytes) else body.encode('latin-1'))
    return len(objects)
def stream(data, extra='', packed=True):
    data = data if isinstance(data, bytes) else data.encode('latin-1')
    body = zlib.compress(data) if packed else data
    return ('<< /Length %d %s %s >>\nstream\n' % (len(body), '/Filter /FlateDecode' if packed else '', extra)).encode() + body + b'\nendstream'
code = {c: i + 1 for i, c in enumerate(sorted(set('token: mapped glyphs')))}
add('<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [14 0 R] >> /Names << /EmbeddedFiles << /Names [(a.env) 15 0 R] >> >> /Metadata 17 0 R >>')
add('<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 /Resources << /Font << /F1 5 0 R /F2 6 0 R >> /XObject << /X 10 0 R >> >> /MediaBox [0 0 600 800] >>')
add('<< /Type /Page /Parent 2 0 R /Contents 11 0 R /Annots [13 0 R 14 0 R] >>')
add('<< /Type /Page /Parent 2 0 R /Contents [12 0 R] >>')
add('<< /Type /Font /Subtype /Type1 /BaseFont /Courier /FirstChar 32 /Widths [%s] >>' % ' '.join(['600'] * 95))
add('<< /Type /Font /Subtype /Type0 /BaseFont /Mapped /Encoding /Identity-H /DescendantFonts [7 0 R] /ToUnicode 8 0 R >>')
add('<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Mapped /DW 500 /W [1 [500 500] 3 9 500] /FontDescriptor 9 0 R >>')
add(stream('begincmap\n%d beginbfchar\n%s\nendbfchar\n1 beginbfrange\n<0100> <0119> <0061>\nendbfrange\nendcmap' % (len(code), '\n'.join('<%04x> <%04x>' % (i, ord(c)) for c, i in code.items()))))
add('<< /Type /FontDescriptor /FontName /Mapped >>')
add(stream('BT /F1 10 Tf 50 500 Td (inside a form) Tj ET', '/Type /XObject /Subtype /Form /BBox [0 0 600 800]'))
mapped = ''.join('%04x' % code[c] for c in 'token: mapped glyphs') + '01000101'
add(stream('BT /F1 10 Tf 14 TL 50 700 Td (password = ) Tj [(in)-10(one)20(-pi) 5 (ece)] TJ T* (second line) Tj ET BT /F2 10 Tf 1 0 0 1 50 600 Tm <%s> Tj ET '
           'BT /F1 10 Tf 1 0 0 1 50 550 Tm (glu) Tj 1 0 0 1 68 550 Tm (ed) Tj 1 0 0 1 100 550 Tm (apart) Tj ET' % mapped))
add(stream('q /X Do Q BT /F1 12 Tf 1 0 0 1 50 300 Tm (after the form) Tj ET'))
add('<< /Type /Annot /Subtype /Link /Rect [0 0 1 1] /A << /S /URI /URI (https://robin:linked@db.test/) >> >>')
add('<< /Type /Annot /Subtype /Widget /FT /Tx /T (api_key) /V (value of a field) /Rect [0 0 1 1] >>')
add('<< /Type /Filespec /F (a.env) /EF << /F 16 0 R >> >>')
add(stream('SECRET=attached', '/Type /EmbeddedFile'))
add(stream('<x:xmpmeta>metadata</x:xmpmeta>', '/Type /Metadata /Subtype /XML', False))
info = add(b'<< /Title (About it) /Subject <feff00700061007300730077006f00720064003d00770069006400e9> >>')
out = bytearray(b'%PDF-1.7\n')
places = []
for number, body in enumerate(objects, 1):
    places.append(len(out))
    out += b'%d 0 obj\n' % number + body + b'\nendobj\n'
xref = len(out)
out += b'xref\n0 %d\n0000000000 65535 f \n' % (len(objects) + 1) + b''.join(b'%010d 00000 n \n' % p for p in places)
out += b'trailer\n<< /Size %d /Root 1 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF\n' % (len(objects) + 1, info, xref)
open('out', 'wb').write(out)
)py" + after);
}

void has_all(const made::Parts& got) {
  INFO(got.error << got.all());
  CHECK(got.error.empty());
  CHECK(got.holds("page/1", "password = inone-piece\nsecond line\ntoken: mapped glyphsab\nglued apart\n"));
  CHECK(got.holds("page/2", "inside a form\nafter the form\n"));
  CHECK(got.holds("strings", "URI = \"https://robin:linked@db.test/\"\n"));
  CHECK(got.holds("strings", "api_key = \"value of a field\"\n"));
  CHECK(got.holds("strings", "Title = \"About it\"\n"));
  CHECK(got.holds("strings", "Subject = \"password=wid\xc3\xa9\"\n"));
  CHECK(got.all().find("SECRET=attached") != std::string::npos);
  CHECK(got.all().find("<x:xmpmeta>metadata") != std::string::npos);
}

}  // namespace

TEST_CASE("a PDF gives the text of its pages, its strings and its attachments") {
  const std::string bytes = document();
  REQUIRE(keywake::artifacts::recognise(bytes) == Format::kPdf);
  const auto got = made::unfold(Format::kPdf, bytes);
  has_all(got);
  CHECK(got.complete);
}

TEST_CASE("object streams, predictors and encryption with the empty password are read") {
  has_all(made::unfold(Format::kPdf, document("subprocess.check_call(['qpdf', '--object-streams=generate', 'out', 'x'])\nimport os; os.rename('x', 'out')\n")));
  has_all(made::unfold(Format::kPdf, document("subprocess.check_call(['qpdf', '--linearize', '--encrypt', '', 'owner', '256', '--', 'out', 'x'])\nimport os; os.rename('x', 'out')\n")));
}

TEST_CASE("a PDF with a password is left out as encrypted") {
  const auto got = made::unfold(Format::kPdf, document("subprocess.check_call(['qpdf', '--encrypt', 'user', 'owner', '256', '--', 'out', 'x'])\nimport os; os.rename('x', 'out')\n"));
  CHECK(got.error == "encrypted");
  CHECK(got.parts.empty());
}

TEST_CASE("an earlier revision keeps a PDF's own bytes to be scanned") {
  const auto got = made::unfold(Format::kPdf, document("data = open('out', 'rb').read()\nopen('out', 'ab').write(b'1 0 obj\\n' + objects[0] + b'\\nendobj\\nxref\\n1 1\\n%010d 00000 n \\n'"
                                                       " % len(data) + b'trailer\\n<< /Size 19 /Root 1 0 R /Prev %d >>\\nstartxref\\n%d\\n%%%%EOF\\n' % (xref, len(data) + 8 + len(objects[0]) + 8))\n"));
  CHECK_FALSE(got.complete);
}

TEST_CASE("damaged and hostile PDFs end") {
  made::survives_damage(Format::kPdf, document());
  made::survives_damage(Format::kPdf, document("subprocess.check_call(['qpdf', '--object-streams=generate', 'out', 'x'])\nimport os; os.rename('x', 'out')\n"));
  CHECK(made::unfold(Format::kPdf, "%PDF-1.4\nnothing here").error == "it cannot be read");
}

TEST_CASE("streams in LZW are read: with early change and without, beyond a full table, with a predictor; broken ones end") {
  // A packer as ISO 32000-1, 7.4.4 has it; what is packed is long enough for codes of every width and a table that is cleared.
  const std::string make = R"py(
def lzw(data, early):
    bits, count, out = 0, 0, bytearray()
    def put(code, width):
        nonlocal bits, count
        bits = bits << width | code
        count += width
        while count >= 8:
            count -= 8
            out.append(bits >> count & 255)
            bits &= (1 << count) - 1
    def fresh(): return {bytes([i]): i for i in range(256)}
    table, size, width, at = fresh(), 258, 9, b''
    put(256, 9)
    for i in range(len(data)):
        c = data[i:i + 1]
        if at + c in table:
            at += c
            continue
        put(table[at], width)
        table[at + c] = size
        size += 1
        at = c
        if size + early > 4095:
            put(256, 12)
            table, size, width = fresh(), 258, 9
        else:
            width = max(9, (size - 1 + early).bit_length())
    put(table[at], width)
    size += 1
    put(257, max(9, min(12, (size - 1 + early).bit_length())))
    if count: put(0, 8 - count)
    return bytes(out)
import random
random.seed(7)
text = b''.join(b'line %d of %d\n' % (i, random.randrange(10**9)) for i in range(4000)) + b'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\nlast line of it\n'
rows = b''.join(b'\x02' + bytes((x - y) & 255 for x, y in zip(b'row %04d of text' % i, b'row %04d of text' % (i - 1) if i else bytes(16))) for i in range(50))
streams = [(lzw(text, 1), ''), (lzw(text, 0), '/DecodeParms << /EarlyChange 0 >>'), (lzw(rows, 1), '/DecodeParms << /Predictor 12 /Columns 16 >>'), (lzw(b'short\n', 1), '')]
out = b'%PDF-1.5\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\n'
for i, (body, parameters) in enumerate(streams): out += b'%d 0 obj\n<< /Length %d /Filter /LZWDecode %s >>\nstream\n' % (i + 3, len(body), parameters.encode()) + body + b'\nendstream\nendobj\n'
out += b'trailer\n<< /Size 7 /Root 1 0 R >>\nstartxref\n0\n%%EOF\n'
open('out', 'wb').write(out)
)py";
  const std::string bytes = made::by_python(make);
  const auto got = made::unfold(Format::kPdf, bytes);
  CHECK(got.error.empty());
  for (const char* part : {"stream/3", "stream/4"}) {
    CHECK(got.holds(part, "line 0 of "));
    CHECK(got.holds(part, "\nline 3999 of "));
    CHECK(got.holds(part, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\nlast line of it\n"));
  }
  REQUIRE((got.parts.contains("stream/3") && got.parts.contains("stream/4")));
  CHECK(got.parts.at("stream/3") == got.parts.at("stream/4"));
  CHECK(got.holds("stream/5", "row 0000 of textrow 0001 of text"));
  CHECK(got.holds("stream/5", "row 0049 of text"));
  CHECK(got.holds("stream/6", "short\n"));
  made::survives_damage(Format::kPdf, bytes);
}

TEST_CASE("streams written as text are read: hexadecimal and base 85, of every length, and around a compressed one") {
  const auto got = made::unfold(Format::kPdf, made::by_python(R"py(
import base64, zlib
texts = [b'text %d ' % i + bytes(range(65, 65 + i)) + b'\n' for i in range(6)] + [b'zeros' + bytes(3) + bytes(8) + b' and more\n']
streams = []
for text in texts:
    streams.append((base64.a85encode(text, wrapcol=20) + b'~>', '/ASCII85Decode'))
    streams.append((text.hex(' ').upper().encode() + b'\n>', '/ASCIIHexDecode'))
streams.append((base64.a85encode(zlib.compress(b'packed within\n')) + b'~>', '[/ASCII85Decode /FlateDecode]'))
streams.append((b'6F64642', '/ASCIIHexDecode'))
out = b'%PDF-1.5\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\n'
for i, (body, filters) in enumerate(streams): out += b'%d 0 obj\n<< /Length %d /Filter %s >>\nstream\n' % (i + 3, len(body), filters.encode()) + body + b'\nendstream\nendobj\n'
out += b'trailer\n<< /Size 30 /Root 1 0 R >>\nstartxref\n0\n%%EOF\n'
open('out', 'wb').write(out)
)py"));
  CHECK(got.error.empty());
  for (int i = 0; i < 6; ++i) {
    const std::string text = "text " + std::to_string(i) + " " + std::string("ABCDE").substr(0, static_cast<std::size_t>(i)) + "\n";
    for (const int stream : {3 + 2 * i, 4 + 2 * i}) {
      INFO(stream);
      REQUIRE(got.parts.contains("stream/" + std::to_string(stream)));
      CHECK(got.parts.at("stream/" + std::to_string(stream)) == text);
    }
  }
  for (const char* stream : {"stream/15", "stream/16"}) CHECK(got.holds(stream, "zeros" + std::string(11, '\0') + " and more\n"));
  CHECK(got.holds("stream/17", "packed within\n"));
  CHECK(got.holds("stream/18", "odd "));
}

TEST_CASE("a stream that expands to a gigabyte is not taken into memory") {
  const auto got = made::unfold(Format::kPdf, made::by_python(R"py(
import zlib
packer = zlib.compressobj(9)
body = b''.join(packer.compress(b' ' * 1000000) for i in range(1000)) + packer.flush()
out = b'%PDF-1.5\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\n3 0 obj\n<< /Length ' + str(len(body)).encode() + b' /Filter /FlateDecode >>\nstream\n' + body + b'\nendstream\nendobj\n'
out += b'trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n0\n%%EOF\n'
open('out', 'wb').write(out)
)py"));
  CHECK_FALSE(got.complete);
  for (const auto& [path, bytes] : got.parts) CHECK(bytes.size() <= 33u << 20);
}

TEST_CASE("a PDF of millions of objects is not taken into memory") {
  const std::string front = "%PDF-1.5\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\n3 0 obj\n[";
  const std::string back = "]\nendobj\ntrailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n0\n%%EOF\n";
  std::string many;
  for (int i = 0; i < 2'600'000; ++i) many += "[]";
  CHECK(made::unfold(Format::kPdf, front + many + back).error.starts_with("it has more objects"));
  CHECK(made::unfold(Format::kPdf, front + "(some text)" + many.substr(0, 20'000) + back).holds("strings", "some text"));
  // The same in an object stream that is written as text.
  const std::string bytes = made::by_python(R"py(
import base64, struct
inside = b'3 0 [' + b'[]' * 2600000 + b']'
out, at = b'%PDF-1.5\n', {}
def put(number, body):
    global out
    at[number] = len(out)
    out += b'%d 0 obj\n' % number + body + b'\nendobj\n'
put(1, b'<< /Type /Catalog /Pages 2 0 R >>')
put(2, b'<< /Type /Pages /Kids [] /Count 0 >>')
packed = inside.hex().encode() + b'>'
put(4, b'<< /Type /ObjStm /N 1 /First 4 /Filter /ASCIIHexDecode /Length %d >>\nstream\n' % len(packed) + packed + b'\nendstream')
rows = [(0, 0, 65535), (1, at[1], 0), (1, at[2], 0), (2, 4, 0), (1, at[4], 0), (1, len(out), 0)]
table = b''.join(struct.pack('>BIH', *row) for row in rows)
begin = len(out)
put(5, b'<< /Type /XRef /Size 6 /W [1 4 2] /Root 1 0 R /Length %d >>\nstream\n' % len(table) + table + b'\nendstream')
out += b'startxref\n%d\n%%%%EOF\n' % begin
open('out', 'wb').write(out)
)py");
  const auto got = made::unfold(Format::kPdf, bytes);
  INFO(got.error);
  CHECK((!got.complete || !got.error.empty()));
}
