// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class LineDifferenceTest {
  @Test
  void equalListsHaveNoDifference() {
    assertThat(LineDifference.of(List.of("a", "b"), List.of("a", "b"))).isEmpty();
  }

  @Test
  void aChangedLineStandsBetweenItsNeighbours() {
    String difference =
        LineDifference.of(
            List.of("far", "a", "b", "c", "far"), List.of("far", "a", "x", "c", "far"));
    assertThat(difference.lines()).containsExactly("  a", "- b", "+ x", "  c");
  }

  @Test
  void missingAndAddedLinesAtTheEndsAreShown() {
    String difference = LineDifference.of(List.of("first", "a"), List.of("a", "last"));
    assertThat(difference.lines()).containsExactly("- first", "  a", "+ last");
  }

  @Test
  void anEmptyListDiffersInEveryLine() {
    assertThat(LineDifference.of(List.of("a", "b"), List.of()).lines())
        .containsExactly("- a", "- b");
  }
}
