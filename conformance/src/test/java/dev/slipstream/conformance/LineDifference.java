// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.conformance;

import java.util.ArrayList;
import java.util.List;

/**
 * The difference of two lists of lines, shown as a diff does: what only the public server gave with
 * a minus, what only ours gave with a plus, and an equal line around a change for orientation.
 */
final class LineDifference {
  private static final int LONGEST_LINE = 2000;

  private LineDifference() {}

  /** The difference, or an empty text for equal lists. */
  static String of(List<String> expected, List<String> actual) {
    if (expected.equals(actual)) {
      return "";
    }
    int[][] common = commonLengths(expected, actual);
    List<String> shown = new ArrayList<>();
    int i = 0;
    int j = 0;
    while (i < expected.size() || j < actual.size()) {
      if (i < expected.size() && j < actual.size() && expected.get(i).equals(actual.get(j))) {
        shown.add("  " + expected.get(i));
        i++;
        j++;
      } else if (j == actual.size()
          || (i < expected.size() && common[i + 1][j] >= common[i][j + 1])) {
        shown.add("- " + expected.get(i++));
      } else {
        shown.add("+ " + actual.get(j++));
      }
    }
    return String.join("\n", nearChanges(shown));
  }

  /** At [i][j]: how many lines the ends of both lists, from i and from j on, have in common. */
  private static int[][] commonLengths(List<String> expected, List<String> actual) {
    int[][] common = new int[expected.size() + 1][actual.size() + 1];
    for (int i = expected.size() - 1; i >= 0; i--) {
      for (int j = actual.size() - 1; j >= 0; j--) {
        common[i][j] =
            expected.get(i).equals(actual.get(j))
                ? common[i + 1][j + 1] + 1
                : Math.max(common[i + 1][j], common[i][j + 1]);
      }
    }
    return common;
  }

  private static List<String> nearChanges(List<String> lines) {
    List<String> near = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      boolean changes = isChange(lines, i - 1) || isChange(lines, i) || isChange(lines, i + 1);
      if (changes) {
        String line = lines.get(i);
        near.add(line.length() <= LONGEST_LINE ? line : line.substring(0, LONGEST_LINE) + "…");
      }
    }
    return near;
  }

  private static boolean isChange(List<String> lines, int i) {
    return i >= 0 && i < lines.size() && !lines.get(i).startsWith("  ");
  }
}
