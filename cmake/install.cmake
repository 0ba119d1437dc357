# `cmake --install`: the headers, and a package that find_package(instar COMPONENTS core postgres sqlite cli) reads.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(instar_package_folder "${CMAKE_INSTALL_LIBDIR}/cmake/instar")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/instar" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" FILES_MATCHING PATTERN "*.hpp")
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DATADIR}/licenses/instar")

# One file of targets for each component: the package reads those that were asked for.
foreach(component IN ITEMS core postgres sqlite cli)
  install(TARGETS instar_${component} EXPORT instar_${component}_targets)
  install(EXPORT instar_${component}_targets NAMESPACE instar:: FILE instar-${component}.cmake DESTINATION "${instar_package_folder}")
endforeach()
install(FILES
  cmake/dependencies.cmake cmake/instar.cmake cmake/embed_migrations.cmake
  cmake/migrator_main.cpp cmake/migrator_models.cpp.in
  DESTINATION "${instar_package_folder}")

configure_package_config_file(cmake/instar-config.cmake.in "${PROJECT_BINARY_DIR}/instar-config.cmake"
  INSTALL_DESTINATION "${instar_package_folder}" NO_SET_AND_CHECK_MACRO)
# Before 1.0 a new minor version may break what an old one promised. Header-only: any architecture will do.
write_basic_package_version_file("${PROJECT_BINARY_DIR}/instar-config-version.cmake" COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES "${PROJECT_BINARY_DIR}/instar-config.cmake" "${PROJECT_BINARY_DIR}/instar-config-version.cmake"
  DESTINATION "${instar_package_folder}")

if(INSTAR_BUILD_TOOLS AND TARGET instar_program)
  install(TARGETS instar_program)
endif()
