using System.Globalization;
using System.Text;
using CsCheck;
using Webhook.Actors.Events;

namespace Webhook.Actors.Tests.Events;

public sealed class Rfc3339Tests
{
    [Theory]
    [InlineData("1970-01-01T00:00:00Z", 0, 0)]
    [InlineData("2023-05-25T13:44:05.478445995Z", 1_685_022_245, 478_445_995)]
    [InlineData("2023-05-25t13:44:05.478445995z", 1_685_022_245, 478_445_995)]
    [InlineData("2023-05-25T13:44:05.4Z", 1_685_022_245, 400_000_000)]
    [InlineData("2023-05-25T13:44:05.4784459959999Z", 1_685_022_245, 478_445_995)]
    [InlineData("2023-05-25T15:44:05+02:00", 1_685_022_245, 0)]
    [InlineData("2023-05-25T08:14:05-05:30", 1_685_022_245, 0)]
    [InlineData("2023-05-25T13:44:05-00:00", 1_685_022_245, 0)]
    [InlineData("1969-12-31T23:30:00-01:00", 1_800, 0)]
    [InlineData("1969-12-31T23:59:59.999Z", -1, 999_000_000)]
    [InlineData("2016-12-31T23:59:60Z", 1_483_228_799, 999_999_999)]
    [InlineData("2016-12-31T23:59:60.5Z", 1_483_228_799, 999_999_999)]
    [InlineData("2017-01-01T00:59:60+01:00", 1_483_228_799, 999_999_999)]
    [InlineData("2024-02-29T00:00:00Z", 1_709_164_800, 0)]
    [InlineData("9999-12-31T23:59:59.999999999Z", 253_402_300_799, 999_999_999)]
    [InlineData("0001-01-01T00:00:00Z", -62_135_596_800, 0)]
    public void TryParse_Valid_IsExact(string text, long seconds, int nanoseconds)
    {
        Rfc3339.TryParse(Encoding.ASCII.GetBytes(text), out var time).ShouldBeTrue();

        time.ShouldBe(new EventTimestamp(seconds, nanoseconds));
    }

    [Theory]
    [InlineData("")]
    [InlineData("2023-05-25")]
    [InlineData("2023-05-25T13:44:05")]
    [InlineData("2023-05-25T13:44:05.")]
    [InlineData("2023-05-25T13:44:05.5")]
    [InlineData("2023-05-25T13:44:05.Z")]
    [InlineData("2023-05-25T13:44:05,5Z")]
    [InlineData("2023-05-25T13:44Z.......")]
    [InlineData("2023-05-25 13:44:05Z")]
    [InlineData("2023-05-25T13:44:05+0200")]
    [InlineData("2023-05-25T13:44:05+02")]
    [InlineData("2023-05-25T13:44:05+02:000")]
    [InlineData("2023-05-25T13:44:05+24:00")]
    [InlineData("2023-05-25T13:44:05+02:60")]
    [InlineData("2023-05-25T13:44:05ZZ")]
    [InlineData("2023-05-25T13:44:05Z ")]
    [InlineData(" 2023-05-25T13:44:05Z")]
    [InlineData("2023-5-25T13:44:05.00Z")]
    [InlineData("+023-05-25T13:44:05Z")]
    [InlineData("2023-00-25T13:44:05Z")]
    [InlineData("2023-13-25T13:44:05Z")]
    [InlineData("2023-05-00T13:44:05Z")]
    [InlineData("2023-05-32T13:44:05Z")]
    [InlineData("2023-02-29T13:44:05Z")]
    [InlineData("0000-02-28T13:44:05Z")]
    [InlineData("2023-05-25T24:00:00Z")]
    [InlineData("2023-05-25T13:60:05Z")]
    [InlineData("2023-05-25T13:44:61Z")]
    [InlineData("2023-05-25T13:44:60Z")]
    [InlineData("2016-12-31T23:59:60+01:00")]
    public void TryParse_Invalid_IsRefused(string text) => Rfc3339.TryParse(Encoding.ASCII.GetBytes(text), out _).ShouldBeFalse();

    [Fact]
    public void TryParse_AnyTimeAndOffset_IsTheSameInstant() =>
        Gen.Select(Gen.DateTime[new DateTime(1, 1, 3), new DateTime(9999, 12, 29)], Gen.Int[-839, 839]).Sample((local, minutes) =>
        {
            var time = new DateTimeOffset(DateTime.SpecifyKind(local, DateTimeKind.Unspecified), TimeSpan.FromMinutes(minutes));
            var text = time.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffffzzz", CultureInfo.InvariantCulture);

            return Rfc3339.TryParse(Encoding.ASCII.GetBytes(text), out var parsed)
                && parsed == new EventTimestamp(time.ToUnixTimeSeconds(), (int)(time.UtcTicks % TimeSpan.TicksPerSecond) * 100);
        });
}
