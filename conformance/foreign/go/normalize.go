// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"sort"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const zeroTime = "0001-01-01T00:00:00Z"

// maskedTimes are the members that hold a time which differs from run to run.
var maskedTimes = map[string]bool{
	"ts": true, "created": true, "first_ts": true, "last_ts": true, "last_active": true,
	"time": true, "timestamp": true, "pause_until": true, "opt_start_time": true, "pinned_ts": true,
	"start": true, "end": true,
}

// maskedValues are the members that differ from run to run or from machine to machine.
var maskedValues = map[string]bool{
	"_nats.ver": true, "_nats.level": true, "leader": true, "id": true, "pause_remaining": true,
	"client": true, "server": true, "server_id": true, "cluster_id": true, "pinned_client_id": true,
	"active": true, "total_api": true, "reserved_storage": true, "reserved_memory": true,
}

// answer prints a JSON document with sorted keys and without what differs from run to run.
func answer(document []byte) string {
	var value any
	decoder := json.NewDecoder(bytes.NewReader(document))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		return fmt.Sprintf("not JSON: %q", document)
	}
	return sorted(masked("", value))
}

func sorted(value any) string {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	check(encoder.Encode(value))
	return strings.TrimSuffix(text.String(), "\n")
}

func masked(key string, value any) any {
	if maskedValues[key] {
		return "<" + key + ">"
	}
	switch v := value.(type) {
	case map[string]any:
		for k, inner := range v {
			v[k] = masked(k, inner)
		}
		maskError(v)
	case []any:
		for i, inner := range v {
			v[i] = masked("", inner)
		}
		if key == "sources" { // the public server tells them in no order
			sort.Slice(v, func(i, j int) bool { return sorted(v[i]) < sorted(v[j]) })
		}
	case string:
		if maskedTimes[key] {
			return maskedTime(v)
		}
	}
	return value
}

// maskError drops the parser's own words from an error about JSON: they belong to a parser, not to
// the protocol. An unknown member is named by the protocol and stays.
func maskError(v map[string]any) {
	text, is := v["description"].(string)
	if is && strings.HasPrefix(text, "invalid JSON: ") && !strings.Contains(text, "unknown field") {
		v["description"] = "invalid JSON: <parser>"
	}
}

func maskedTime(text string) string {
	if text == zeroTime {
		return text
	}
	if _, err := time.Parse(time.RFC3339Nano, text); err != nil || !strings.HasSuffix(text, "Z") {
		return "not a time: " + text
	}
	return "<time>"
}

// failure prints an error of the client: its API part when there is one.
func failure(err error) string {
	if err == nil {
		return "ok"
	}
	var api *jetstream.APIError
	if errors.As(err, &api) {
		return fmt.Sprintf("%d/%d %s", api.Code, api.ErrorCode, api.Description)
	}
	var legacy *nats.APIError
	if errors.As(err, &legacy) {
		return fmt.Sprintf("%d/%d %s", legacy.Code, legacy.ErrorCode, legacy.Description)
	}
	return err.Error()
}

// shown prints a payload: short ones as they are, long ones by length and hash.
func shown(data []byte) string {
	if len(data) <= 80 {
		return fmt.Sprintf("%q", data)
	}
	hash := fnv.New64a()
	hash.Write(data)
	return fmt.Sprintf("[%d bytes, fnv %x]", len(data), hash.Sum64())
}

// headers prints a header block sorted by key, with the times of the server masked.
func headers(h nats.Header) string {
	keys := make([]string, 0, len(h))
	for k := range h {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	var parts []string
	for _, k := range keys {
		for _, v := range h[k] {
			if k == "Nats-Time-Stamp" {
				v = maskedTime(v)
			}
			if k == "Nats-Stream-Source" {
				v = maskedIdentity(v)
			}
			parts = append(parts, k+": "+v)
		}
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// maskedIdentity hides which stream of its name a message comes from.
func maskedIdentity(source string) string {
	parts := strings.Split(source, " ")
	if len(parts) == 6 && len(parts[5]) == 8 {
		parts[5] = "<identity>"
	}
	return strings.Join(parts, " ")
}

// ack prints a reply subject with the time of the message masked; and its last token, how many
// messages are pending, where that is a matter of timing.
func (r *run) ack(reply string) string {
	tokens := strings.Split(reply, ".")
	if len(tokens) == 9 && tokens[0] == "$JS" && tokens[1] == "ACK" {
		tokens[7] = "<ts>"
		if r.pendingMoves {
			tokens[8] = "<pending>"
		}
		return strings.Join(tokens, ".")
	}
	return reply
}

// isProtocolReason says whether the reason of a bad request is one that the protocol names; the
// others are the words of a JSON parser.
func isProtocolReason(reason string) bool {
	for _, word := range []string{"heartbeat", "Priority", "Pinned", "Overflow"} {
		if strings.Contains(reason, word) {
			return true
		}
	}
	return false
}

// message prints a message: a status by its code, text and headers, else subject, headers, payload
// and reply.
func (r *run) message(m *nats.Msg) string {
	if m == nil {
		return "nothing"
	}
	if status := m.Header.Get("Status"); status != "" && len(m.Data) == 0 {
		rest := nats.Header{}
		for k, v := range m.Header {
			if k != "Status" && k != "Description" {
				rest[k] = v
			}
		}
		text := m.Header.Get("Description")
		if reason, bad := strings.CutPrefix(text, "Bad Request - "); bad && !isProtocolReason(reason) {
			text = "Bad Request - <parser>"
		}
		line := strings.TrimSpace("status " + status + " " + text)
		if len(rest) > 0 {
			line += " " + headers(rest)
		}
		return line
	}
	line := "msg " + m.Subject
	if len(m.Header) > 0 {
		line += " " + headers(m.Header)
	}
	line += " " + shown(m.Data)
	if m.Reply != "" {
		line += " reply " + r.ack(m.Reply)
	}
	return line
}
