"""Turn a text file into a C array: embed.py NAME IN OUT. The file itself stays what people edit."""
import sys

name, source, target = sys.argv[1:]
data = open(source, "rb").read()
with open(target, "w") as out:
    out.write(f"extern const char {name}[];\nconst char {name}[] = {{\n")
    for start in range(0, len(data), 24):
        out.write(",".join(str(b if b < 128 else b - 256) for b in data[start:start + 24]) + ",\n")
    out.write("0};\n")
