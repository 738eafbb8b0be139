// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Self-signed certificates as PEM files, made with the JDK's keytool. */
final class Certificates {
  private static final String PASSWORD = "changeit";

  /**
   * One certificate that trusts itself.
   *
   * @param certificate its PEM file
   * @param key the PEM file of its key, PKCS #8
   */
  record Pair(Path certificate, Path key) {}

  private Certificates() {}

  /** Makes a pair; {@code names} is as {@code dns:localhost,ip:127.0.0.1}. */
  static Pair make(Path directory, String alias, String names) throws Exception {
    Path store = directory.resolve(alias + ".p12");
    keytool(
        "-genkeypair",
        "-alias",
        alias,
        "-keyalg",
        "EC",
        "-groupname",
        "secp256r1",
        "-dname",
        "CN=" + alias,
        "-ext",
        "san=" + names,
        "-validity",
        "2",
        "-storetype",
        "PKCS12",
        "-storepass",
        PASSWORD,
        "-keystore",
        store.toString());
    Path certificate = directory.resolve(alias + ".pem");
    keytool(
        "-exportcert",
        "-rfc",
        "-alias",
        alias,
        "-storepass",
        PASSWORD,
        "-keystore",
        store.toString(),
        "-file",
        certificate.toString());
    return new Pair(certificate, exportKey(store, alias, directory.resolve(alias + "-key.pem")));
  }

  private static Path exportKey(Path store, String alias, Path file)
      throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    byte[] encoded = keys.getKey(alias, PASSWORD.toCharArray()).getEncoded();
    String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded);
    return Files.writeString(
        file, "-----BEGIN PRIVATE KEY-----\n" + base64 + "\n-----END PRIVATE KEY-----\n", US_ASCII);
  }

  private static void keytool(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), US_ASCII);
    assertThat(process.waitFor()).as(output).isZero();
  }
}
