import Primitives
import Testing

struct WeightTests {
    @Test(arguments: [
        ("0", 0), ("1", 1000), ("256", 256_000), ("0.75", 750), (".5", 500), ("2.", 2000),
        ("1.2344", 1234), ("1.2345", 1235), ("0.0001", 1), ("00.7500000", 750),
        ("255.9999", 256_000),
    ])
    func `decimal numbers are kept to the thousandth`(_ text: String, _ thousandths: Int) {
        #expect(Weight(decimal: text)?.thousandths == thousandths)
    }

    @Test(arguments: [
        "", ".", "-1", "+1", "1e3", "1.2.3", "256.001", "257", "nan", "99999999999999999999999999",
        "1 ", "0x1", "٣", String(repeating: "0", count: 33),
    ])
    func `what is no weight is refused`(_ text: String) {
        #expect(Weight(decimal: text) == nil)
    }

    @Test(arguments: [
        (0, 0, "0"), (1, 1, "0.001"), (750, 1, "0.75"), (1000, 1, "1"), (1001, 2, "1.001"),
    ])
    func `only 0 is shown as 0`(_ thousandths: Int, _ whole: Int, _ text: String) {
        let weight = Weight(thousandths: thousandths)
        #expect(weight.whole == whole && "\(weight)" == text)
        #expect(Weight(decimal: text) == weight)
    }
}
