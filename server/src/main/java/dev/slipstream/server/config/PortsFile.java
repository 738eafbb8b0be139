// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server.config;

import dev.slipstream.protocol.json.JsonWriter;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The file that tells the real ports of a server that was given port -1: {@code
 * <dir>/<program>_<pid>.ports}, a JSON object with a list of URLs for each kind of listener.
 *
 * <p>It appears complete or not at all, so that others may poll for it.
 */
public final class PortsFile implements AutoCloseable {

  private final Path path;

  private PortsFile(Path path) {
    this.path = path;
  }

  /**
   * Writes the file.
   *
   * @param program the name by which the program was called, since others look for that
   * @param host the address the listeners are bound to; all addresses of the machine are listed for
   *     a wildcard
   * @param clientPort the port of clients
   * @param httpPort the port of monitoring, or 0 for none
   */
  public static PortsFile write(
      Path directory, String program, long pid, String host, int clientPort, int httpPort)
      throws IOException {
    List<String> hosts = hosts(host);
    JsonWriter json = new JsonWriter().object();
    json.stringsField("nats", urls("nats", hosts, clientPort));
    if (httpPort != 0) {
      json.stringsField("monitoring", urls("http", hosts, httpPort));
    }
    json.end();
    Path path = directory.resolve(program + "_" + pid + ".ports");
    Path unfinished = directory.resolve(program + "_" + pid + ".ports.tmp");
    Files.write(unfinished, json.toBytes());
    Files.move(unfinished, path, StandardCopyOption.ATOMIC_MOVE);
    return new PortsFile(path);
  }

  /** Where the file is. */
  public Path path() {
    return path;
  }

  /** Removes the file. */
  @Override
  public void close() throws IOException {
    Files.deleteIfExists(path);
  }

  private static List<String> urls(String scheme, List<String> hosts, int port) {
    return hosts.stream().map(host -> scheme + "://" + host + ":" + port).toList();
  }

  private static List<String> hosts(String host) {
    InetAddress address;
    try {
      address = InetAddress.getByName(host);
    } catch (UnknownHostException notAnAddress) {
      return List.of(host);
    }
    if (!address.isAnyLocalAddress()) {
      return List.of(shown(address));
    }
    List<String> all = new ArrayList<>();
    try {
      NetworkInterface.networkInterfaces()
          .flatMap(NetworkInterface::inetAddresses)
          .forEach(each -> all.add(shown(each)));
    } catch (SocketException unknown) {
      return List.of(shown(address));
    }
    return all;
  }

  private static String shown(InetAddress address) {
    String text = address.getHostAddress();
    int zone = text.indexOf('%');
    String bare = zone < 0 ? text : text.substring(0, zone);
    return address instanceof Inet6Address ? "[" + bare + "]" : bare;
  }
}
