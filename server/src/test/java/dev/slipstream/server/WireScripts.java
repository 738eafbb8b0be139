// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is said to both servers to see whether they answer alike. */
final class WireScripts {

  /** What to say, as one or more clients. */
  interface Scene {
    void play(Stage stage);
  }

  /** Where clients come from. */
  interface Stage {
    /** A client that has connected and got its INFO. */
    WireClient client();
  }

  /**
   * A scene with its name and the server it needs.
   *
   * @param oneLoop whether it is played with one loop only: another one may know a subscriber that
   *     has left a little longer, and then nobody answers in its place
   */
  record Script(String name, String configuration, Scene scene, boolean oneLoop) {
    @Override
    public String toString() {
      return name;
    }
  }

  static final String QUIET = "CONNECT {\"verbose\":false,\"pedantic\":false}\n";
  static final String MODERN =
      "CONNECT {\"verbose\":false,\"pedantic\":false,\"protocol\":1,\"headers\":true,"
          + "\"no_responders\":true}\n";
  static final String HEADERS = "CONNECT {\"verbose\":false,\"pedantic\":false,\"headers\":true}\n";

  static final String OPEN = "";
  private final List<Script> all = new ArrayList<>();

  static List<Script> all() {
    WireScripts scripts = new WireScripts();
    new ProtocolScripts(scripts).addAll();
    new AccessScripts(scripts).addAll();
    new SharingScripts(scripts).addAll();
    new MappingScripts(scripts).addAll();
    return scripts.all;
  }

  /** The scripts by the configuration they need. */
  static Map<String, List<Script>> byConfiguration() {
    Map<String, List<Script>> sorted = new LinkedHashMap<>();
    all().forEach(s -> sorted.computeIfAbsent(s.configuration(), c -> new ArrayList<>()).add(s));
    return sorted;
  }

  void add(String configuration, String name, Scene scene) {
    all.add(new Script(name, configuration, scene, false));
  }

  /** See {@link Script#oneLoop}. */
  void addForOneLoop(String configuration, String name, Scene scene) {
    all.add(new Script(name, configuration, scene, true));
  }

  /** One client that says something and is quiet when PONG has come. */
  void says(String configuration, String name, String words) {
    int pings = (int) words.lines().filter(line -> line.matches("(?i)ping.*")).count();
    add(configuration, name, stage -> stage.client().send(words).sync(pings));
  }

  /** One client that asks something and awaits the answer. */
  void asks(String configuration, String name, String words) {
    add(configuration, name, stage -> stage.client().send(words).await("MSG ").sync());
  }

  /** One client that says something and is thrown out. */
  void breaks(String configuration, String name, String words) {
    add(configuration, name, stage -> stage.client().send(words).awaitEnd());
  }
}
