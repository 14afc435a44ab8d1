import java.io.*;
import java.nio.file.*;
import java.security.*;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.*;
import org.apache.pdfbox.cos.*;
import org.apache.pdfbox.pdmodel.*;
import org.apache.pdfbox.pdmodel.common.*;
import org.apache.pdfbox.pdmodel.interactive.annotation.*;
import org.apache.pdfbox.pdmodel.interactive.digitalsignature.*;
import org.apache.pdfbox.pdmodel.interactive.form.*;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cms.*;
import org.bouncycastle.cms.jcajce.JcaSignerInfoGeneratorBuilder;
import org.bouncycastle.operator.jcajce.*;

/** Signs every PDF of a folder with PDFBox in honest ways; prints what it made, one file a line. */
class Honest {
    static PrivateKey key;
    static Certificate[] chain;
    static int count;

    static byte[] message(InputStream content) throws IOException {
        try {
            CMSSignedDataGenerator generator = new CMSSignedDataGenerator();
            JcaSignerInfoGeneratorBuilder builder =
                new JcaSignerInfoGeneratorBuilder(new JcaDigestCalculatorProviderBuilder().build());
            generator.addSignerInfoGenerator(
                builder.build(new JcaContentSignerBuilder("SHA256WithRSA").build(key), (X509Certificate) chain[0]));
            generator.addCertificates(new JcaCertStore(Arrays.asList(chain)));
            return generator.generate(new CMSProcessableByteArray(content.readAllBytes()), false).getEncoded();
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    static PDSignature signature() {
        PDSignature signature = new PDSignature();
        signature.setFilter(PDSignature.FILTER_ADOBE_PPKLITE);
        signature.setSubFilter(PDSignature.SUBFILTER_ADBE_PKCS7_DETACHED);
        signature.setName("PDFBox");
        signature.setSignDate(Calendar.getInstance());
        return signature;
    }

    static byte[] sign(byte[] file, int level) throws IOException {
        try (PDDocument document = PDDocument.load(file)) {
            PDSignature signature = signature();
            if (level > 0) certify(document, signature, level);
            document.addSignature(signature, Honest::message);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            document.saveIncremental(out);
            return out.toByteArray();
        }
    }

    static void certify(PDDocument document, PDSignature signature, int level) {
        COSDictionary parameters = new COSDictionary();
        parameters.setItem(COSName.TYPE, COSName.getPDFName("TransformParams"));
        parameters.setInt(COSName.P, level);
        parameters.setName(COSName.V, "1.2");
        COSDictionary reference = new COSDictionary();
        reference.setItem(COSName.TYPE, COSName.getPDFName("SigRef"));
        reference.setItem(COSName.getPDFName("TransformMethod"), COSName.getPDFName("DocMDP"));
        reference.setItem(COSName.getPDFName("TransformParams"), parameters);
        reference.setNeedToBeUpdated(true);
        COSArray references = new COSArray();
        references.add(reference);
        signature.getCOSObject().setItem(COSName.getPDFName("Reference"), references);
        COSDictionary catalog = document.getDocumentCatalog().getCOSObject();
        COSDictionary permissions = new COSDictionary();
        permissions.setItem(COSName.getPDFName("DocMDP"), signature);
        catalog.setItem(COSName.getPDFName("Perms"), permissions);
        catalog.setNeedToBeUpdated(true);
        permissions.setNeedToBeUpdated(true);
    }

    /** A form with three fields, saved whole. */
    static byte[] withForm(byte[] file) throws IOException {
        try (PDDocument document = PDDocument.load(file)) {
            PDAcroForm form = new PDAcroForm(document);
            document.getDocumentCatalog().setAcroForm(form);
            PDResources resources = new PDResources();
            resources.put(COSName.getPDFName("Helv"), org.apache.pdfbox.pdmodel.font.PDType1Font.HELVETICA);
            form.setDefaultResources(resources);
            form.setDefaultAppearance("/Helv 10 Tf 0 g");
            for (String name : new String[] {"one", "two"}) {
                PDTextField field = new PDTextField(form);
                field.setPartialName(name);
                PDAnnotationWidget widget = field.getWidgets().get(0);
                widget.setRectangle(new PDRectangle(50, name.equals("one") ? 50 : 80, 150, 20));
                widget.setPage(document.getPage(0));
                document.getPage(0).getAnnotations().add(widget);
                form.getFields().add(field);
            }
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            document.save(out);
            return out.toByteArray();
        }
    }

    static byte[] fill(byte[] file, String name, String value, boolean andSign) throws IOException {
        try (PDDocument document = PDDocument.load(file)) {
            document.getDocumentCatalog().getCOSObject().setNeedToBeUpdated(true);
            document.getDocumentCatalog().getAcroForm().getCOSObject().setNeedToBeUpdated(true);
            PDField field = document.getDocumentCatalog().getAcroForm().getField(name);
            field.setValue(value);
            field.getCOSObject().setNeedToBeUpdated(true);
            COSDictionary look = (COSDictionary) field.getCOSObject().getDictionaryObject(COSName.AP);
            look.setNeedToBeUpdated(true);
            ((COSStream) look.getDictionaryObject(COSName.N)).setNeedToBeUpdated(true);
            if (andSign) document.addSignature(signature(), Honest::message);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            document.saveIncremental(out);
            return out.toByteArray();
        }
    }

    static byte[] comment(byte[] file) throws IOException {
        try (PDDocument document = PDDocument.load(file)) {
            PDPage page = document.getPage(0);
            PDAnnotationText note = new PDAnnotationText();
            note.setContents("seen");
            note.setRectangle(new PDRectangle(10, 10, 20, 20));
            List<PDAnnotation> notes = page.getAnnotations();
            notes.add(note);
            page.setAnnotations(notes);
            page.getCOSObject().setNeedToBeUpdated(true);
            COSBase list = page.getCOSObject().getDictionaryObject(COSName.ANNOTS);
            if (list instanceof COSArray) ((COSArray) list).setNeedToBeUpdated(true);
            document.getDocumentCatalog().getCOSObject().setNeedToBeUpdated(true);
            document.getPages().getCOSObject().setNeedToBeUpdated(true);
            note.getCOSObject().setNeedToBeUpdated(true);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            document.saveIncremental(out);
            return out.toByteArray();
        }
    }

    static void keep(Path folder, String name, String way, byte[] file) throws IOException {
        Path path = folder.resolve(name + "--" + way + ".pdf");
        Files.write(path, file);
        System.out.println(path);
        count++;
    }

    interface Way {
        byte[] make(byte[] file) throws IOException;
    }

    public static void main(String[] arguments) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = new FileInputStream(arguments[2])) {
            store.load(in, "secret".toCharArray());
        }
        String alias = store.aliases().nextElement();
        key = (PrivateKey) store.getKey(alias, "secret".toCharArray());
        chain = store.getCertificateChain(alias);
        Map<String, Way> ways = new LinkedHashMap<>();
        ways.put("once", file -> sign(file, 0));
        ways.put("twice", file -> sign(sign(file, 0), 0));
        ways.put("certified1", file -> sign(file, 1));
        ways.put("certified2_signed", file -> sign(sign(file, 2), 0));
        ways.put("certified3_comment", file -> comment(sign(file, 3)));
        ways.put("filled_after", file -> fill(sign(withForm(file), 0), "one", "after", false));
        ways.put("filled_signed_filled_signed", file -> fill(fill(withForm(file), "one", "1", true), "two", "2", true));
        ways.put("certified2_filled_signed", file -> fill(sign(withForm(file), 2), "one", "1", true));
        File[] files = new File(arguments[0]).listFiles((folder, name) -> name.endsWith(".pdf"));
        Arrays.sort(files);
        for (File file : files) {
            byte[] bytes = Files.readAllBytes(file.toPath());
            String name = file.getName().replace(".pdf", "");
            for (Map.Entry<String, Way> way : ways.entrySet()) {
                byte[] made;
                try {
                    made = way.getValue().make(bytes);
                } catch (Exception | StackOverflowError e) {
                    continue;
                }
                keep(Paths.get(arguments[1]), name, way.getKey(), made);
            }
        }
    }
}
