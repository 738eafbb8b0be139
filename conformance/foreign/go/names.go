// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"fmt"
	"strings"
)

// replaceNames puts the stream of a case in the place of $S and its subjects in that of $P.
// $JS, $KV and the like are other words and stay.
func replaceNames(text, stream, prefix string) string {
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '$' && i+1 < len(text) && (i+2 == len(text) || !isLetter(text[i+2])) {
			switch text[i+1] {
			case 'S':
				out.WriteString(stream)
				i++
				continue
			case 'P':
				out.WriteString(prefix)
				i++
				continue
			}
		}
		out.WriteByte(text[i])
	}
	return out.String()
}

func isLetter(c byte) bool { return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' }

// shortened cuts what a case made long on purpose.
func shortened(text string) string {
	if len(text) <= 250 {
		return text
	}
	return fmt.Sprintf("%s… (%d bytes)", text[:100], len(text))
}

// withExplicitAck adds the acknowledgement policy that most cases want, unless one is given.
func withExplicitAck(extra string) string {
	if strings.Contains(extra, `"ack_policy"`) {
		return extra
	}
	return extra + `,"ack_policy":"explicit"`
}

// field reads one string out of an answer.
func field(document []byte, name string) string {
	var value map[string]any
	check(json.Unmarshal(document, &value))
	text, _ := value[name].(string)
	return text
}
