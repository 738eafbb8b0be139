// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import static dev.slipstream.server.WireScripts.MODERN;
import static dev.slipstream.server.WireScripts.QUIET;

/** What is said to a server that maps subjects. */
final class MappingScripts {
  private static final String MAPPINGS =
      """
      mappings {
        plain: other.plain
        "turn.*.*": "turned.$2.$1"
        "tail.>": "moved.tail.>"
        "hash.*": "hash.{{partition(5,1)}}.$1"
        "whole.*": "whole.{{partition(7)}}.x"
        lost: {destination: lost, weight: 0%}
        none: [ {destination: nowhere, weight: 0%} ]
        far: [ {destination: far.away, weight: 100%, cluster: elsewhere} ]
        first: second
        second: third
        "split.*": "split.{{splitFromLeft(1,2)}}"
      }
      """;
  private static final String ALLOWED =
      """
      mappings { asked: got, allowed: refused, lost: {destination: lost, weight: 0} }
      authorization { users: [ {user: u, password: u, permissions: {publish: [got, allowed, in]}} ] }
      """;

  private final WireScripts scripts;

  MappingScripts(WireScripts scripts) {
    this.scripts = scripts;
  }

  void addAll() {
    // first: who has left may be known a little longer on the other loop
    scripts.says(
        MAPPINGS,
        "nobody hears a mapped request",
        MODERN + "SUB in 1\nPUB plain in 1\nx\nPUB lost in 1\nx\n");
    maps("a literal subject", "plain");
    maps("wildcards", "turn.a.b", "turn.a", "turn.a.b.c");
    maps("the rest of a subject", "tail.a", "tail.a.b.c");
    maps("a partition", "hash.a", "hash.b", "hash.c");
    maps("a partition of the whole subject", "whole.a", "whole.b");
    maps("to nowhere", "lost");
    maps("with nothing left to map", "none");
    maps("only for another cluster", "far");
    maps("once and not again", "first", "second");
    maps("a function", "split.abcdef");
    maps("no mapping", "nothing");
    scripts.says(
        MAPPINGS,
        "pedantic and verbose",
        "CONNECT {\"verbose\":true,\"pedantic\":true}\nSUB > 1\nPUB plain 1\nx\nPUB lost 1\nx\n");
    scripts.says(MAPPINGS, "a subscription is not mapped", QUIET + "SUB plain 1\nPUB plain 1\nx\n");
    String user = "CONNECT {\"verbose\":false,\"user\":\"u\",\"pass\":\"u\"}\nSUB > 1\n";
    scripts.says(
        ALLOWED,
        "permissions are for where it goes",
        user + "PUB asked 1\nx\nPUB allowed 1\nx\nPUB got 1\nx\nPUB lost 1\nx\n");
  }

  private void maps(String name, String... subjects) {
    StringBuilder words = new StringBuilder(QUIET + "SUB > 1\n");
    for (String subject : subjects) {
      words.append("PUB ").append(subject).append(" 1\nx\n");
    }
    scripts.says(MAPPINGS, name, words.toString());
  }
}
