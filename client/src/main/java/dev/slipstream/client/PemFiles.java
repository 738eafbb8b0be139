// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * A TLS context from PEM files: whom to trust, and what to show to a server that asks.
 *
 * <p>For {@link ClientOptions.Builder#tls(Supplier)}; immutable. The files are read anew by each
 * {@link #get}, so a renewed certificate is used by the next attempt to connect. A key is PKCS #8
 * without a password ({@code BEGIN PRIVATE KEY}).
 */
public final class PemFiles implements Supplier<SSLContext> {
  private static final String KEY_BEGIN = "-----BEGIN PRIVATE KEY-----";
  private static final String KEY_END = "-----END PRIVATE KEY-----";

  private final @Nullable Path trust;
  private final @Nullable Path certificate;
  private final @Nullable Path key;

  private PemFiles(@Nullable Path trust, @Nullable Path certificate, @Nullable Path key) {
    this.trust = trust;
    this.certificate = certificate;
    this.key = key;
  }

  /** Trust in the certificates of a file, and in no others. */
  public static PemFiles trusting(Path certificates) {
    return new PemFiles(certificates, null, null);
  }

  /** Trust in what the JDK trusts. */
  public static PemFiles trustingTheJdks() {
    return new PemFiles(null, null, null);
  }

  /** The same trust, and a certificate (its chain after it) with its key for the server. */
  public PemFiles identity(Path certificateChain, Path privateKey) {
    return new PemFiles(trust, certificateChain, privateKey);
  }

  /**
   * A context from what the files hold now.
   *
   * @throws TlsException when a file cannot be read; its message never shows a key
   */
  @Override
  public SSLContext get() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keyManagers(), trustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new TlsException("cannot make a TLS context: " + e, e);
    }
  }

  private TrustManager @Nullable [] trustManagers() throws IOException, GeneralSecurityException {
    if (trust == null) {
      return null;
    }
    KeyStore store = emptyStore();
    List<Certificate> certificates = certificates(trust);
    for (int i = 0; i < certificates.size(); i++) {
      store.setCertificateEntry("trusted" + i, certificates.get(i));
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory.getTrustManagers();
  }

  private KeyManager @Nullable [] keyManagers() throws IOException, GeneralSecurityException {
    if (certificate == null || key == null) {
      return null;
    }
    List<Certificate> chain = certificates(certificate);
    PrivateKey privateKey = privateKey(key, chain.get(0).getPublicKey().getAlgorithm());
    KeyStore store = emptyStore();
    store.setKeyEntry("client", privateKey, new char[0], chain.toArray(new Certificate[0]));
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, new char[0]);
    return factory.getKeyManagers();
  }

  private static KeyStore emptyStore() throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  private static List<Certificate> certificates(Path file)
      throws IOException, GeneralSecurityException {
    List<Certificate> found =
        List.copyOf(
            CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(file))));
    if (found.isEmpty()) {
      throw new TlsException("no certificate in " + file, null);
    }
    return found;
  }

  private static PrivateKey privateKey(Path file, String algorithm)
      throws IOException, GeneralSecurityException {
    String text = Files.readString(file, StandardCharsets.US_ASCII);
    int begin = text.indexOf(KEY_BEGIN);
    int end = text.indexOf(KEY_END);
    if (begin < 0 || end < begin) {
      throw new TlsException(
          "no PKCS #8 key without a password (" + KEY_BEGIN + ") in " + file, null);
    }
    String base64 = text.substring(begin + KEY_BEGIN.length(), end);
    try {
      byte[] encoded = Base64.getMimeDecoder().decode(base64);
      return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
    } catch (IllegalArgumentException | GeneralSecurityException e) {
      throw new TlsException("the key in " + file + " is not readable as " + algorithm, null);
    }
  }
}
