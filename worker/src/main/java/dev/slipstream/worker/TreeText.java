// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import dev.slipstream.worker.SupervisionTree.Kind;
import dev.slipstream.worker.SupervisionTree.Node;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** Draws a {@link SupervisionTree} with lines and letters. */
final class TreeText {
  /** What a reason may take of a line, in letters. */
  private static final int LONGEST_REASON = 120;

  private final StringBuilder text = new StringBuilder();
  private final Instant taken;

  private TreeText(Instant taken) {
    this.taken = taken;
  }

  static String of(SupervisionTree tree) {
    TreeText drawing = new TreeText(tree.taken());
    drawing.line("", tree.root());
    drawing.children("", tree.root().children());
    return drawing.text.toString();
  }

  private void children(String indent, List<Node> children) {
    for (int i = 0; i < children.size(); i++) {
      Node child = children.get(i);
      boolean last = i == children.size() - 1;
      line(indent + (last ? "└─ " : "├─ "), child);
      children(indent + (last ? "   " : "│  "), child.children());
    }
  }

  private void line(String before, Node node) {
    text.append(before).append(oneLine(node.id())).append(" (").append(kind(node.kind()));
    if (node.name() != null) {
      text.append(" \"").append(oneLine(node.name())).append('"');
    }
    text.append(") ").append(node.status()).append(" for ").append(duration(node.since()));
    if (node.restarts() > 0) {
      text.append(", restarts: ").append(node.restarts());
    }
    if (node.lastStop() != null) {
      text.append(", last stop: ").append(shortened(oneLine(node.lastStop().toString())));
    }
    text.append('\n');
  }

  private static String kind(Kind kind) {
    return kind == Kind.OTHER ? "child" : kind.name().toLowerCase(Locale.ROOT);
  }

  /** How long ago something was, to two units; nothing is in the future. */
  private String duration(Instant since) {
    Duration ago = Duration.between(since, taken);
    if (ago.isNegative()) {
      ago = Duration.ZERO;
    }
    if (ago.toDays() > 0) {
      return ago.toDays() + "d " + ago.toHoursPart() + "h";
    }
    if (ago.toHours() > 0) {
      return ago.toHours() + "h " + ago.toMinutesPart() + "m";
    }
    if (ago.toMinutes() > 0) {
      return ago.toMinutes() + "m " + ago.toSecondsPart() + "s";
    }
    return ago.toSeconds() > 0 ? ago.toSeconds() + "s" : ago.toMillis() + "ms";
  }

  private static String oneLine(String words) {
    return words.codePoints().anyMatch(Character::isISOControl)
        ? words.replaceAll("\\p{Cntrl}+", " ")
        : words;
  }

  private static String shortened(String reason) {
    return reason.length() <= LONGEST_REASON ? reason : reason.substring(0, LONGEST_REASON) + "…";
  }
}
