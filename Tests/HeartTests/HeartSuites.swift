import Testing

/// Hearts are judged by milliseconds: one test at a time.
@Suite(.serialized) enum HeartSuites {}
