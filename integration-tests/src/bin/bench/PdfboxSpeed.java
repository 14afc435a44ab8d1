import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Calendar;
import java.util.Collection;
import java.util.Hashtable;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.interactive.digitalsignature.PDSignature;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.cms.Attribute;
import org.bouncycastle.asn1.cms.AttributeTable;
import org.bouncycastle.asn1.ess.ESSCertIDv2;
import org.bouncycastle.asn1.ess.SigningCertificateV2;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.cms.DefaultSignedAttributeTableGenerator;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.jcajce.JcaSignerInfoGeneratorBuilder;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;

/**
 * How many times a second PDFBox signs a file, invisibly, as PAdES, and checks it (the signature alone, no path, no
 * changes): best processor time of one call after warming up.
 *
 * usage: PdfboxSpeed KEY.p12 PASSWORD FILE SIGNED [FILE SIGNED]...
 * One JSON line a pair: {"sign": per second, "validate": per second}.
 */
public class PdfboxSpeed {
    static final double SECONDS = 3;
    static final int CALLS_MIN = 5;

    interface Call {
        void call() throws Exception;
    }

    static double best(Call call) throws Exception {
        var threads = ManagementFactory.getThreadMXBean();
        long began = threads.getCurrentThreadCpuTime(), best = Long.MAX_VALUE;
        for (int calls = 0; calls < CALLS_MIN || threads.getCurrentThreadCpuTime() - began < SECONDS * 1e9; calls++) {
            long before = threads.getCurrentThreadCpuTime();
            call.call();
            best = Math.min(best, threads.getCurrentThreadCpuTime() - before);
        }
        return 1e9 / best;
    }

    static PrivateKey key;
    static Certificate[] chain;

    static byte[] cms(InputStream content) throws Exception {
        X509Certificate certificate = (X509Certificate) chain[0];
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
        SigningCertificateV2 binding = new SigningCertificateV2(new ESSCertIDv2[] {new ESSCertIDv2(null, hash)});
        ASN1EncodableVector attributes = new ASN1EncodableVector();
        attributes.add(new Attribute(PKCSObjectIdentifiers.id_aa_signingCertificateV2, new DERSet(binding)));
        var table = new DefaultSignedAttributeTableGenerator(new AttributeTable(attributes)) {
            @Override
            protected Hashtable createStandardAttributeTable(java.util.Map parameters) {
                Hashtable standard = super.createStandardAttributeTable(parameters);
                standard.remove(new ASN1ObjectIdentifier("1.2.840.113549.1.9.5"));
                return standard;
            }
        };
        String scheme = key.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
        ContentSigner signer = new JcaContentSignerBuilder(scheme).build(key);
        CMSSignedDataGenerator generator = new CMSSignedDataGenerator();
        generator.addSignerInfoGenerator(
            new JcaSignerInfoGeneratorBuilder(new JcaDigestCalculatorProviderBuilder().build())
                .setSignedAttributeGenerator(table)
                .build(signer, certificate));
        generator.addCertificates(new JcaCertStore(Arrays.asList(chain)));
        return generator.generate(new CMSProcessableByteArray(content.readAllBytes()), false).getEncoded();
    }

    static void sign(byte[] pdf) throws Exception {
        try (PDDocument document = PDDocument.load(pdf)) {
            PDSignature signature = new PDSignature();
            signature.setFilter(PDSignature.FILTER_ADOBE_PPKLITE);
            signature.setSubFilter(PDSignature.SUBFILTER_ETSI_CADES_DETACHED);
            signature.setSignDate(Calendar.getInstance());
            document.addSignature(signature, content -> {
                try {
                    return cms(content);
                } catch (Exception error) {
                    throw new java.io.IOException(error);
                }
            });
            document.saveIncremental(new ByteArrayOutputStream(pdf.length + 40_000));
        }
    }

    static void validate(byte[] pdf) throws Exception {
        try (PDDocument document = PDDocument.load(pdf)) {
            PDSignature signature = document.getSignatureDictionaries().get(0);
            CMSSignedData cms = new CMSSignedData(
                new CMSProcessableByteArray(signature.getSignedContent(pdf)), signature.getContents(pdf));
            SignerInformation signer = cms.getSignerInfos().iterator().next();
            Collection<X509CertificateHolder> found = cms.getCertificates().getMatches(signer.getSID());
            if (!signer.verify(new JcaSimpleSignerInfoVerifierBuilder().build(found.iterator().next()))) {
                throw new IllegalStateException("not valid");
            }
        }
    }

    public static void main(String[] arguments) throws Exception {
        char[] password = arguments[1].toCharArray();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream file = Files.newInputStream(Path.of(arguments[0]))) {
            store.load(file, password);
        }
        String alias = store.aliases().nextElement();
        key = (PrivateKey) store.getKey(alias, password);
        chain = store.getCertificateChain(alias);
        for (int at = 2; at + 1 < arguments.length; at += 2) {
            byte[] pdf = Files.readAllBytes(Path.of(arguments[at]));
            byte[] signed = Files.readAllBytes(Path.of(arguments[at + 1]));
            double sign = best(() -> sign(pdf)), validate = best(() -> validate(signed));
            System.out.printf(java.util.Locale.ROOT, "{\"sign\": %.3f, \"validate\": %.3f}%n", sign, validate);
        }
    }
}
