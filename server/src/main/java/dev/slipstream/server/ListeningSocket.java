// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import dev.slipstream.server.config.ServerConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The socket that clients connect to, open before there is a server: who connects early waits for
 * its greeting instead of being refused.
 *
 * <p>To load what a server needs takes a JVM a few hundred milliseconds, and there are harnesses
 * that give a server less than that to open its port. It is opened with the JDK alone, which is
 * there at once; the transport takes it over, by its file descriptor if it is not the JDK's.
 * Source: docs/adr/0013-listening-socket.md.
 *
 * <p>Belongs to whoever opened it until a server takes it.
 */
public final class ListeningSocket {
  static final int BACKLOG = 1024;

  private static final List<Path> TABLES =
      List.of(Path.of("/proc/self/net/tcp"), Path.of("/proc/self/net/tcp6"));
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
  private static final int LOCAL_ADDRESS = 1;
  private static final int STATE = 3;
  private static final int INODE = 9;
  private static final String LISTENING = "0A";

  private final ServerSocketChannel channel;

  private ListeningSocket(ServerSocketChannel channel) {
    this.channel = channel;
  }

  /**
   * Opens the socket of a configuration. Null when it cannot be had, so that the server, which
   * tries again, says why; and for a port of the system's choice, for which nobody can wait.
   */
  public static @Nullable ListeningSocket open(ServerConfig config) {
    InetSocketAddress address = new InetSocketAddress(config.host(), Math.max(0, config.port()));
    if (config.port() <= 0 || address.isUnresolved()) {
      return null;
    }
    ServerSocketChannel channel = null;
    try {
      channel = ServerSocketChannel.open();
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      channel.bind(address, BACKLOG);
      return new ListeningSocket(channel);
    } catch (IOException | RuntimeException taken) {
      close(channel);
      return null;
    }
  }

  private static void close(@Nullable ServerSocketChannel channel) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException nothingToSave) {
      // it was never used
    }
  }

  /** The socket as the JDK has it. */
  ServerSocketChannel channel() {
    return channel;
  }

  /** Closes it unused. */
  void close() {
    close(channel);
  }

  /**
   * The number by which the system knows it, where that can be found out: the JDK does not tell, so
   * Linux is asked which of this process's descriptors is a socket that listens on the port.
   */
  OptionalInt descriptor() {
    try {
      int port = ((InetSocketAddress) channel.getLocalAddress()).getPort();
      Set<String> links = new HashSet<>();
      for (Path table : TABLES) {
        if (Files.isReadable(table)) {
          addListening(Files.readAllLines(table), String.format(":%04X", port), links);
        }
      }
      return find(links);
    } catch (IOException | RuntimeException notLinux) {
      return OptionalInt.empty();
    }
  }

  private static void addListening(List<String> lines, String port, Set<String> links) {
    for (String line : lines) {
      String[] fields = line.strip().split("\\s+", INODE + 2);
      if (fields.length > INODE
          && fields[STATE].equals(LISTENING)
          && fields[LOCAL_ADDRESS].endsWith(port)) {
        links.add("socket:[" + fields[INODE] + "]");
      }
    }
  }

  /** Other processes may listen on the port of other addresses, but not with our descriptors. */
  private static OptionalInt find(Set<String> links) throws IOException {
    OptionalInt found = OptionalInt.empty();
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(DESCRIPTORS)) {
      for (Path each : descriptors) {
        if (links.contains(target(each))) {
          if (found.isPresent()) {
            return OptionalInt.empty();
          }
          found = OptionalInt.of(Integer.parseInt(String.valueOf(each.getFileName())));
        }
      }
    }
    return found;
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException gone) {
      return "";
    }
  }
}
