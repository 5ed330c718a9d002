using System.ComponentModel.DataAnnotations;
using Webhook.Actors.Events;

namespace Webhook.Actors.Tests.Events;

public sealed class IngestOptionsTests
{
    [Fact]
    public void Defaults_AreTheSpecifications()
    {
        var options = new IngestOptions();

        options.MaxEventBytes.ShouldBe(1_048_576);
        options.MaxBodyBytes.ShouldBe(16_777_216);
        options.MaxInflatedBytes.ShouldBe(67_108_864);
        options.MaxDepth.ShouldBe(64);
        options.MaxEvents.ShouldBe(65_536);
        Errors(options).ShouldBeEmpty();
    }

    [Fact]
    public void Validate_OutOfRange_SaysSo() =>
        Errors(new IngestOptions { MaxEventBytes = 1, MaxBodyBytes = 0, MaxInflatedBytes = 0, MaxDepth = 0, MaxEvents = 65_537 }).ShouldBe(
        [
            "The field MaxEventBytes must be between 2 and 67108864.", "The field MaxBodyBytes must be between 2 and 268435456.",
            "The field MaxInflatedBytes must be between 2 and 536870912.", "The field MaxDepth must be between 1 and 1000.", "The field MaxEvents must be between 1 and 65536.",
        ]);

    [Fact]
    public void Validate_LimitsThatContradictEachOther_NamesBothWithTheirValues() =>
        Errors(new IngestOptions { MaxEventBytes = 200, MaxBodyBytes = 150, MaxInflatedBytes = 100 }).ShouldBe(
        [
            "Webhook:Ingest:MaxInflatedBytes (100) is less than MaxBodyBytes (150); a body that is not compressed is inflated already.",
            "Webhook:Ingest:MaxEventBytes (200) is more than MaxInflatedBytes (100); no body could hold such an event.",
        ]);

    private static List<string> Errors(IngestOptions options)
    {
        var errors = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), errors, validateAllProperties: true);
        return [.. errors.Select(error => error.ErrorMessage!)];
    }
}
