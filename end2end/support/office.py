"""Opens a workbook in LibreOffice, writes cells of the row with an id, and saves it as Excel.

office.py in.xlsx out.xlsx ID column=words …     (columns by letter)
"""
import os
import subprocess
import sys
import tempfile
import time

import uno
from com.sun.star.beans import PropertyValue


def setting(name, value):
    one = PropertyValue()
    one.Name, one.Value = name, value
    return one


def connected(pipe, local):
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    for _ in range(120):
        try:
            return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except Exception:
            time.sleep(0.5)
    raise SystemExit("LibreOffice does not answer")


source, target, wanted, *cells = sys.argv[1:]
pipe = f"scal{os.getpid()}"
with tempfile.TemporaryDirectory() as profile:
    office = subprocess.Popen(
        ["/usr/bin/soffice", "--headless", "--norestore", f"-env:UserInstallation=file://{profile}", f"--accept=pipe,name={pipe};urp;"]
    )
    try:
        context = connected(pipe, uno.getComponentContext())
        desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        book = desktop.loadComponentFromURL(uno.systemPathToFileUrl(os.path.abspath(source)), "_blank", 0, (setting("Hidden", True),))
        done = 0
        for sheet in book.Sheets:
            row = 1
            while sheet.getCellByPosition(0, row).String:
                if sheet.getCellByPosition(0, row).String == wanted:
                    for cell in cells:
                        column, words = cell.split("=", 1)
                        sheet.getCellByPosition(ord(column) - ord("A"), row).String = words
                        done += 1
                row += 1
        if done != len(cells):
            raise SystemExit(f"{wanted} is not in the workbook")
        book.storeToURL(uno.systemPathToFileUrl(os.path.abspath(target)), (setting("FilterName", "Calc MS Excel 2007 XML"),))
        book.close(True)
        try:
            desktop.terminate()
        except Exception:
            pass
    finally:
        office.terminate()
        office.wait(30)
