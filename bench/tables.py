"""Tables for what bench/ prints."""


def number(value):
    return "–" if value is None else f"{value:,}".replace(",", " ")


def table(header, rows):
    """Markdown that can be read as it stands; the first column is text, the others are numbers."""
    rows = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in [header, *rows]) for column in range(len(header))]

    def line(row):
        cells = [cell.ljust(width) if place == 0 else cell.rjust(width) for place, (cell, width) in enumerate(zip(row, widths))]
        return "| " + " | ".join(cells) + " |"

    rule = "|" + "|".join("-" * (width + 2) if place == 0 else "-" * (width + 1) + ":" for place, width in enumerate(widths)) + "|"
    return "\n".join([line(header), rule, *map(line, rows)])
