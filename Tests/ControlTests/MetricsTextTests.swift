import Testing

@testable import Control

@Suite struct MetricsTextTests {
  @Test("O: families, labels and numbers are written as both formats read them")
  func written() {
    var writer = MetricsWriter()
    writer.gauge("sfsync_a", "An a.", 7)
    writer.gauge("sfsync_b_seconds", "Half.", decimal: 0.5)
    writer.gauge("sfsync_unknown", "Not known yet.", nil as Int64?)
    writer.counter("sfsync_c_total", "C.", [.init([("side", "intercom"), ("kind", "event")], 3)])
    writer.states(
      "sfsync_state", "Now.", label: "state", of: ["idle", "paused"], current: "paused")
    #expect(
      writer.finished() == """
        # HELP sfsync_a An a.
        # TYPE sfsync_a gauge
        sfsync_a 7
        # HELP sfsync_b_seconds Half.
        # TYPE sfsync_b_seconds gauge
        sfsync_b_seconds 0.5
        # HELP sfsync_c_total C.
        sfsync_c_total{side="intercom",kind="event"} 3
        # HELP sfsync_state Now.
        # TYPE sfsync_state gauge
        sfsync_state{state="idle"} 0
        sfsync_state{state="paused"} 1
        # EOF

        """)
  }

  @Test("O: what a label holds cannot end it, nor its line")
  func escaped() {
    var writer = MetricsWriter()
    writer.gauge("sfsync_a", "Back\\slash, \"quotes\"\nand a line.", [.init([("x", "\"\\\nö")], 1)])
    #expect(
      writer.finished() == #"""
        # HELP sfsync_a Back\\slash, "quotes"\nand a line.
        # TYPE sfsync_a gauge
        sfsync_a{x="\"\\\nö"} 1
        # EOF

        """#)
  }

  @Test("O: a histogram's classes add up, and the last has no end")
  func histogram() {
    var histogram = MetricsWriter.Histogram(bounds: [100, 1_000])
    for milliseconds: Int64 in [0, 100, 101, 1_000, 5_000, -3] { histogram.note(milliseconds) }
    var writer = MetricsWriter()
    writer.histogram("sfsync_h_seconds", "H.", [([("side", "intercom")], histogram)])
    #expect(
      writer.finished() == """
        # HELP sfsync_h_seconds H.
        # TYPE sfsync_h_seconds histogram
        sfsync_h_seconds_bucket{side="intercom",le="0.1"} 3
        sfsync_h_seconds_bucket{side="intercom",le="1.0"} 5
        sfsync_h_seconds_bucket{side="intercom",le="+Inf"} 6
        sfsync_h_seconds_count{side="intercom"} 6
        sfsync_h_seconds_sum{side="intercom"} 6.201
        # EOF

        """)
  }

  @Test("O: what is no number is written as the formats call it")
  func numbers() {
    let values = [Double.nan, .infinity, -.infinity, 1, 0.1, 1_795_341_600.123, 1e-9]
    #expect(
      values.map(MetricsWriter.text)
        == ["NaN", "+Inf", "-Inf", "1.0", "0.1", "1795341600.123", "1e-09"])
  }

  @Test("O: the name of one daemon of several is a label of every sample, and of no comment")
  func labelled() {
    let text = "# HELP sfsync_a {x} y.\nsfsync_a 1\nsfsync_b{x=\"a b{\"} 2\n# EOF\n"
    #expect(
      MetricsText.labelled(text, sync: "a\"b")
        == "# HELP sfsync_a {x} y.\nsfsync_a{sync=\"a\\\"b\"} 1\n"
        + "sfsync_b{sync=\"a\\\"b\",x=\"a b{\"} 2\n# EOF\n")
  }

  @Test("O: the older format names each counter's type and has no end mark")
  func classic() {
    let text = """
      # HELP sfsync_c_total C # EOF.
      sfsync_c_total 3
      # HELP sfsync_a Not sfsync_c_total
      # TYPE sfsync_a gauge
      sfsync_a 1
      # EOF

      """
    #expect(
      MetricsText.classic(text) == """
        # HELP sfsync_c_total C # EOF.
        # TYPE sfsync_c_total counter
        sfsync_c_total 3
        # HELP sfsync_a Not sfsync_c_total
        # TYPE sfsync_a gauge
        sfsync_a 1

        """)
  }

  @Test("O: without a daemon the text says so and when, and nothing else")
  func unreachable() {
    let text = MetricsText.unreachable(now: 1_795_341_600_500)
    #expect(text.contains("\nsfsync_up 0\n"))
    #expect(text.contains("\nsfsync_collected_timestamp_seconds 1795341600.5\n"))
    #expect(text.split(separator: "\n").filter { !$0.hasPrefix("#") }.count == 2)
  }
}
